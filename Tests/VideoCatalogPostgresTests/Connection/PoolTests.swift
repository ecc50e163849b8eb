#if Postgres
import Synchronization
import Testing

@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

@Suite(.againstPostgres) struct PoolTests {
    private func pool(_ maximum: Int, _ change: (inout LibPQPoolConfiguration) -> Void = { _ in }) async throws
        -> LibPQPool
    {
        var configuration = try await PostgresServer.shared.configuration(maximumConnections: maximum)
        change(&configuration)
        return try LibPQPool(configuration)
    }

    @Test func `there are never more connections than allowed`() async throws {
        let pool = try await pool(3) { $0.applicationName = "bounded" }
        let lent = Shared((now: 0, most: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try await pool.withConnection { connection in
                        lent.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        #expect(try await connection.run("SELECT $1::bigint", .int8(Int64(number))).integer() == number)
                        let count = try await connection.run(
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'bounded'")
                        #expect((1...3).contains(count.integer() ?? 0))
                        lent.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(lent.withLock { $0.most } <= 3)
        #expect(pool.state.withLock { $0.idle.count } <= 3)
        await pool.shutdown()
    }

    @Test func `statements of many tasks on one connection do not mix`() async throws {
        let connection = try await LibPQConnection.open(PostgresServer.shared.configuration())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let text = String(repeating: "\(number) ", count: number % 50)
                    let result = try await connection.run(
                        "SELECT $1::bigint, $2::text", .int8(Int64(number)), .text(text))
                    #expect(result.integer() == number)
                    #expect(result.text(0, 1) == text)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a connection to a server that became read-only is not used again`() async throws {
        let pool = try await pool(1)
        // Like a primary that has become a standby.
        let first = Shared<Int32>(0)
        let error = await failure {
            try await pool.withConnection { connection in
                first.withLock { $0 = connection.processID }
                _ = try await connection.run("SET default_transaction_read_only = on")
                _ = try await connection.run("CREATE SCHEMA refused_here")
            }
        }
        #expect(error?.sqlState == "25006")
        let (setting, second) = try await pool.withConnection {
            (try await $0.run("SHOW transaction_read_only").text(0, 0), $0.processID)
        }
        #expect(setting == "off")
        #expect(first.withLock { $0 } != second)
        await pool.shutdown()
    }

    @Test(arguments: [
        "SET ROLE pg_monitor", "SET SESSION AUTHORIZATION pg_monitor", "SET statement_timeout = '1s'",
        "SET TimeZone = 'Asia/Kolkata'", "SET search_path = pg_catalog", "SET application_name = 'another'",
        "SELECT set_config('statement_timeout', '1000', false)", "SELECT Set_Config('search_path', $1, false)",
        "UPDATE Pg_Settings SET setting = '1000' WHERE name = 'statement_timeout'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY", "RESET ALL", "DISCARD ALL",
        "DO $$ BEGIN SET work_mem = '4321kB'; END $$", "LISTEN a_channel",
    ])
    func `a borrower's settings end when it gives the connection back`(_ command: String) async throws {
        let pool = try await pool(1) {
            $0.statementTimeout = .seconds(77)
            $0.applicationName = "borrowed"
        }
        let settings = {
            try await pool.withConnection { connection in
                let result = try await connection.run(
                    """
                    SELECT concat_ws(' ', session_user, current_user, current_setting('statement_timeout'),
                        current_setting('TimeZone'), current_setting('search_path'), current_setting('work_mem'),
                        current_setting('application_name'), current_setting('default_transaction_read_only'),
                        current_setting('client_encoding'), (SELECT count(*) FROM pg_listening_channels()))
                    """)
                return (result.text(), connection.processID)
            }
        }
        let before = try await settings()
        #expect(before.0?.contains(" 77s ") == true)
        for isReusable in [true, false, true] {
            try await pool.withConnection { connection in
                let parameters: [PostgresValue] = command.contains("$1") ? [.text("pg_catalog")] : []
                _ = try await connection.query(
                    PostgresStatement(command, parameters, isReusable: isReusable && !command.hasPrefix("DISCARD")))
            }
            let after = try await settings()
            #expect(after.0 == before.0)
            #expect(after.1 == before.1, "the connection stays in the pool")
        }
        await pool.shutdown()
    }

    @Test func `prepared statements outlive the reset of settings`() async throws {
        let pool = try await pool(1)
        for number in 1...3 {
            try await pool.withConnection { connection in
                #expect(try await connection.run("SELECT $1::bigint", .int8(Int64(number))).integer() == number)
                try await connection.run("SET work_mem = '4321kB'", isReusable: false)
            }
        }
        let count = try await pool.withConnection { connection in
            try await connection.run(
                "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'r2kit_%'", isReusable: false
            ).integer()
        }
        #expect(count == 1)
        await pool.shutdown()
    }

    @Test func `tasks get connections in the order in which they ask`() async throws {
        let pool = try await pool(1)
        let order = Shared<[Int]>([])
        let gate = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await pool.withConnection { _ in for await _ in gate.stream { break } }
        }
        try await eventually("it is lent") { pool.state.withLock { $0.borrowed } == 1 }
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<20 {
            tasks.append(Task { try await pool.withConnection { _ in order.withLock { $0.append(number) } } })
            try await eventually("it waits") { pool.state.withLock { $0.waiters.count } == number + 1 }
        }
        // Some leave. The others keep their places.
        for number in [3, 4, 11] { tasks[number].cancel() }
        try await eventually("they have left") { pool.state.withLock { $0.waiters.count } == 17 }
        gate.continuation.yield()
        try await holder.value
        for task in tasks { _ = await task.result }
        #expect(order.withLock { $0 } == (0..<20).filter { ![3, 4, 11].contains($0) })
        await pool.shutdown()
    }

    @Test func `a task that waits too long is told what to do`() async throws {
        let pool = try await pool(1) { $0.waitLimit = .seconds(2) }
        // The first use opens the connection, which may take longer than the limit on a busy machine.
        try await eventually("it is connected") { (try? await pool.withConnection { _ in true }) == true }
        try await pool.withConnection { _ in
            let begin = ContinuousClock.now
            let error = await failure { try await pool.withConnection { _ in } }
            #expect(ContinuousClock.now - begin >= .seconds(2))
            #expect(error?.kind == .notConnected)
            #expect(error?.message.contains("maximumConnections") == true)
        }
        try await pool.withConnection { _ = try await $0.run("SELECT 1") }
        await pool.shutdown()
    }

    @Test func `a transaction left open is rolled back before the next use`() async throws {
        let pool = try await pool(1)
        for failing in ["SELECT 1", "SELECT 1/0"] {
            let first = try await pool.withConnection { connection in
                try await connection.run("BEGIN")
                try await connection.run("CREATE TEMP TABLE left_open (id bigint)")
                _ = try? await connection.run(failing)
                return connection.processID
            }
            try await pool.withConnection { connection in
                #expect(connection.processID == first)
                let table = try await connection.run("SELECT to_regclass('left_open')::text").text()
                #expect(table == nil)
            }
        }
        await pool.shutdown()
    }

    @Test func `a transaction is committed, or rolled back as a whole`() async throws {
        struct Refusal: Error {}
        let pool = try await pool(1)
        try await pool.withConnection { _ = try await $0.run("CREATE TEMP TABLE kept (id bigint)") }
        try await pool.withTransaction { _ = try await $0.run("INSERT INTO kept VALUES (1)") }
        await #expect(throws: Refusal.self) {
            try await pool.withTransaction { connection in
                _ = try await connection.run("INSERT INTO kept VALUES (2)")
                throw Refusal()
            }
        }
        let swallowed = await failure {
            try await pool.withTransaction { connection in
                _ = try await connection.run("INSERT INTO kept VALUES (3)")
                _ = try? await connection.run("SELECT 1/0")
            }
        }
        #expect(swallowed?.sqlState == "25P02")
        let cancelled = Task {
            try await pool.withTransaction { connection in
                _ = try await connection.run("INSERT INTO kept VALUES (4)")
                _ = try await connection.run("SELECT pg_sleep(60)")
            }
        }
        try await eventually("it is lent") { pool.state.withLock { $0.borrowed } == 1 }
        try await Task.sleep(for: .milliseconds(20))
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        let total = try await pool.withConnection { try await $0.run("SELECT sum(id)::bigint FROM kept").integer() }
        #expect(total == 1)
        await pool.shutdown()
    }

    @Test func `serialization failures are retried on request`() async throws {
        let pool = try await pool(4)
        let table = "counter_\(UInt64.random(in: 0...UInt64.max))"
        try await pool.withConnection { _ = try await $0.run("CREATE TABLE \(table) AS SELECT 0::bigint AS n") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<10 {
                        try await pool.withTransaction(
                            isolation: .serializable, retries: PostgresRetryPolicy(attempts: 100)
                        ) {
                            connection in
                            let n = try await connection.run("SELECT n FROM \(table)").integer() ?? 0
                            _ = try await connection.run("UPDATE \(table) SET n = $1", .int8(Int64(n + 1)))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let counted = try await pool.withConnection { try await $0.run("SELECT n FROM \(table)").integer() }
        #expect(counted == 40)
        let attempts = Shared(0)
        let error = await failure {
            try await pool.withTransaction(retries: PostgresRetryPolicy(attempts: 3, pause: .zero)) { _ in
                attempts.withLock { $0 += 1 }
                throw PostgresSessionError(.server, sqlState: "40P01", message: "")
            }
        }
        #expect(error?.sqlState == "40P01")
        #expect(attempts.withLock { $0 } == 3)
        try await pool.withConnection { _ = try await $0.run("DROP TABLE \(table)") }
        await pool.shutdown()
    }

    @Test func `idle connections are closed`() async throws {
        let pool = try await pool(3) { $0.idleTimeout = .milliseconds(50) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask { try await pool.withConnection { _ = try await $0.run("SELECT pg_sleep(0.05)") } }
            }
            try await group.waitForAll()
        }
        try await eventually("all are closed") { pool.state.withLock { $0.total } == 0 }
        try await pool.withConnection { _ = try await $0.run("SELECT 1") }
        await pool.shutdown()
    }

    @Test func `shutting down waits for borrowed connections, and fails later tasks`() async throws {
        let pool = try await pool(1)
        let gate = AsyncStream<Void>.makeStream()
        let holder = Task {
            try await pool.withConnection { connection in
                for await _ in gate.stream { break }
                return try await connection.run("SELECT 5::bigint").integer()
            }
        }
        try await eventually("it is lent") { pool.state.withLock { $0.borrowed } == 1 }
        let waiting = Task { try await pool.withConnection { _ in } }
        try await eventually("it waits") { pool.state.withLock { $0.waiters.count } == 1 }
        let isClosed = Shared(false)
        let closing = Task {
            await pool.shutdown()
            isClosed.withLock { $0 = true }
        }
        let refused = await failure { try await waiting.value }
        #expect(refused?.kind == .notConnected)
        let late = await failure { try await pool.withConnection { _ in } }
        #expect(late?.kind == .notConnected)
        #expect(!isClosed.withLock { $0 })
        gate.continuation.yield()
        #expect(try await holder.value == 5)
        await closing.value
        #expect(pool.state.withLock { $0.total } == 0)
        await pool.shutdown()
    }
}
#endif
