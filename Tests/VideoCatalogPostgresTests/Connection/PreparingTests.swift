#if Postgres
import Testing

@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

@Suite(.againstPostgres) struct PreparingTests {
    private func connection(prepares: Bool = true) async throws -> LibPQConnection {
        var configuration = try await PostgresServer.shared.configuration()
        configuration.preparesStatements = prepares
        return try await LibPQConnection.open(configuration)
    }

    private func count(_ connection: LibPQConnection) async throws -> Int? {
        try await connection.run(
            "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'r2kit_%'", isReusable: false
        ).integer()
    }

    @Test func `a statement is prepared once`() async throws {
        let connection = try await connection()
        for number in 1...5 {
            #expect(try await connection.run("SELECT $1::bigint", .int8(Int64(number))).integer() == number)
        }
        #expect(try await count(connection) == 1)
    }

    @Test func `preparing can be turned off`() async throws {
        let connection = try await connection(prepares: false)
        #expect(try await connection.run("SELECT $1::bigint", .int8(5)).integer() == 5)
        #expect(try await count(connection) == 0)
    }

    @Test func `the same text with parameters of another type runs as well`() async throws {
        let connection = try await connection()
        #expect(try await connection.run("SELECT $1::text", .text("7")).text() == "7")
        #expect(try await connection.run("SELECT $1::text", .int8(7)).text() == "7")
        #expect(try await connection.run("SELECT $1::text", .text("8")).text() == "8")
    }

    @Test func `texts that differ only in how a letter is composed are different statements`() async throws {
        let connection = try await connection()
        for letter in ["\u{E9}", "e\u{301}", "\u{E9}"] {
            let result = try await connection.run("SELECT '\(letter)', $1::bigint", .int8(1))
            #expect(result.bytes(0, 0) == Array(letter.utf8))
        }
        #expect(try await count(connection) == 2)
    }

    @Test func `the least recently used statement is deallocated`() async throws {
        let connection = try await connection()
        for number in 0..<(PreparedStatements.limit + 10) {
            try await connection.run("SELECT \(number), $1::bigint", .int8(1))
            try await connection.run("SELECT 'kept', $1::bigint", .int8(1))
        }
        #expect(try await count(connection) == PreparedStatements.limit)
        let kept = try await connection.run(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%''kept''%' AND name LIKE 'r2kit%'",
            isReusable: false)
        #expect(kept.integer() == 1)
    }

    @Test(arguments: ["DEALLOCATE ALL", "DISCARD ALL"]) func `statements that the server lost are prepared again`(
        command: String
    ) async throws {
        let connection = try await connection()
        for number in 1...3 {
            #expect(try await connection.run("SELECT $1::bigint", .int8(Int64(number))).integer() == number)
            try await connection.run("SELECT 2, $1::bigint", .int8(1))
            try await connection.run(command, isReusable: false)
        }
        #expect(try await connection.run("SELECT $1::bigint", .int8(9)).integer() == 9)
    }

    @Test func `a transaction does not fail because a pooler knows a statement by another name`() async throws {
        let connection = try await connection()
        for number in 0..<PreparedStatements.limit {
            try await connection.run("SELECT \(number), $1::bigint", .int8(1))
        }
        // The statement to deallocate doesn't exist.
        try await connection.run("DEALLOCATE ALL", isReusable: false)
        try await connection.run("BEGIN", isReusable: false)
        #expect(try await connection.run("SELECT 'new', $1::bigint", .int8(5)).integer(0, 1) == 5)
        #expect(try await connection.run("SELECT 'newer', $1::bigint", .int8(6)).integer(0, 1) == 6)
        try await connection.run("COMMIT", isReusable: false)
        #expect(try await connection.run("SELECT 'newest', $1::bigint", .int8(7)).integer(0, 1) == 7)
    }

    @Test func `statements beyond the limit are deallocated after the transaction`() async throws {
        let connection = try await connection()
        try await connection.run("BEGIN", isReusable: false)
        for number in 0..<(PreparedStatements.limit + 10) {
            try await connection.run("SELECT \(number), $1::bigint", .int8(1))
        }
        try await connection.run("COMMIT", isReusable: false)
        try await connection.run("SELECT 'next', $1::bigint", .int8(1))
        #expect(try await count(connection) == PreparedStatements.limit)
    }

    @Test func `a dropped statement is reported until it is deallocated`() {
        var statements = PreparedStatements()
        let names = (0...PreparedStatements.limit).map { number in
            let statement = PostgresStatement("SELECT \(number)")
            let name = PreparedStatements.name(of: statement)
            if number < PreparedStatements.limit { statements.add(statement, name: name) }
            return name
        }
        let next = names[PreparedStatements.limit]
        #expect(statements.nextToDeallocate(for: next, inTransaction: true) == nil)
        // Twice, because a canceled task doesn't deallocate it.
        for _ in 1...2 { #expect(statements.nextToDeallocate(for: next, inTransaction: false) == names[0]) }
        // A statement that still has the name goes first.
        #expect(statements.nextToDeallocate(for: names[0], inTransaction: true) == names[0])
        statements.didDeallocate(names[0])
        #expect(statements.nextToDeallocate(for: next, inTransaction: false) == nil)
    }

    @Test func `a changed table does not break a prepared statement`() async throws {
        let connection = try await connection()
        try await connection.run("CREATE TEMP TABLE things (id bigint)", isReusable: false)
        #expect(try await connection.run("SELECT * FROM things").columnCount == 1)
        try await connection.run("ALTER TABLE things ADD COLUMN name text", isReusable: false)
        #expect(try await connection.run("SELECT * FROM things").columnCount == 2)
        // As the first statement of a transaction, too.
        try await connection.run("ALTER TABLE things ADD COLUMN size bigint", isReusable: false)
        try await connection.run("BEGIN", isReusable: false)
        #expect(try await connection.run("SELECT * FROM things").columnCount == 3)
        try await connection.run("COMMIT", isReusable: false)
        // Later in a transaction it fails once, and the next transaction succeeds.
        try await connection.run("ALTER TABLE things ALTER COLUMN size TYPE text", isReusable: false)
        try await connection.run("BEGIN", isReusable: false)
        try await connection.run("INSERT INTO things VALUES (1)", isReusable: false)
        let error = await failure { try await connection.run("SELECT * FROM things") }
        #expect(error?.sqlState == "0A000")
        try await connection.run("ROLLBACK", isReusable: false)
        try await connection.run("BEGIN", isReusable: false)
        #expect(try await connection.run("SELECT * FROM things").columnCount == 3)
        try await connection.run("COMMIT", isReusable: false)
    }

    @Test(arguments: ["DISCARD ALL", "DEALLOCATE ALL", "discard all", "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"])
    func `a transaction does not fail because its first statement was lost`(_ command: String) async throws {
        let connection = try await connection()
        #expect(try await connection.run("SELECT $1::bigint", .int8(1)).integer() == 1)
        try await connection.run(command, isReusable: false)
        try await connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ", isReusable: false)
        try await connection.run("SET LOCAL work_mem = '4321kB'", isReusable: false)
        try await connection.run("SAVEPOINT one", isReusable: false)
        #expect(try await connection.run("SELECT $1::bigint", .int8(2)).integer() == 2)
        // It is the same transaction, with the same isolation level, setting and savepoint.
        #expect(try await connection.run("SHOW transaction_isolation", isReusable: false).text() == "repeatable read")
        #expect(try await connection.run("SHOW work_mem", isReusable: false).text() == "4321kB")
        try await connection.run("RELEASE SAVEPOINT one", isReusable: false)
        try await connection.run("COMMIT", isReusable: false)
        connection.close()
    }

    @Test func `a transaction that has changed something is never begun again`() async throws {
        let connection = try await connection()
        try await connection.run("CREATE TEMP TABLE things (id bigint)", isReusable: false)
        #expect(try await connection.run("SELECT $1::bigint", .int8(1)).integer() == 1)
        try await connection.run("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$", isReusable: false)
        try await connection.run("BEGIN", isReusable: false)
        try await connection.run("INSERT INTO things VALUES (1)", isReusable: false)
        let error = await failure { try await connection.run("SELECT $1::bigint", .int8(1)) }
        #expect(error?.sqlState == "26000")
        #expect(connection.hasFailedTransaction())
        try await connection.run("ROLLBACK", isReusable: false)
        #expect(try await connection.run("SELECT $1::bigint", .int8(3)).integer() == 3)
        connection.close()
    }

    @Test func `a statement that a pooler's other client prepared is used`() async throws {
        let connection = try await connection()
        let statement = PostgresStatement("SELECT $1::bigint + 1", [.int8(1)])
        let name = PreparedStatements.name(of: statement)
        try await connection.run("PREPARE \(name) (bigint) AS SELECT $1::bigint + 1", isReusable: false)
        #expect(try await connection.query(statement).integer() == 2)
    }

    @Test func `names differ with the text and the types`() {
        let statements = [
            PostgresStatement("SELECT 1"), PostgresStatement("SELECT 2"), PostgresStatement("SELECT 1", [.int8(1)]),
            PostgresStatement("SELECT 1", [.text("1")]), PostgresStatement("SELECT 1", [.int8(1), .int8(1)]),
        ]
        let names = statements.map(PreparedStatements.name)
        #expect(Set(names).count == statements.count)
        #expect(names.allSatisfy { $0.utf8.count == 38 })
        #expect(PreparedStatements.name(of: PostgresStatement("SELECT 1", [.int8(2)])) == names[2])
    }
}
#endif
