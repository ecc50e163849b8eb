#if Postgres
import Testing
import VideoCatalog
import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

/// The errors of the catalog for errors of the server.
@Suite(.againstPostgres)
struct ErrorTests {
    private static let secret = "s3cret"

    @Test(arguments: [
        ("25006", CatalogError.Code.readOnly), ("53100", .storageFull), ("57014", .timedOut), ("53300", .unavailable),
        ("57P03", .unavailable), ("42P01", .schemaMissing), ("3F000", .schemaMissing), ("28P01", .unavailable),
        ("28000", .unavailable), ("3D000", .unavailable), ("55P03", .timedOut), ("42501", .storeFailure),
        ("XX000", .storeFailure), ("22P02", .storeFailure), ("40001", .unavailable), ("40P01", .unavailable),
        ("25P02", .storeFailure),
    ])
    func `a SQLSTATE has its code`(_ state: String, _ code: CatalogError.Code) async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let session = FailingSession(connection) {
                $0.sql.contains("INSERT") || $0.sql.contains("WHERE id")
                    ? PostgresSessionError(.server, sqlState: state, message: "refused") : nil
            }
            let videos = catalog.repository.bound(to: session)
            let write = await expect(code) { try await videos.insert(.sample(Self.secret)) }
            let read = await expect(code) { try await videos.video(id: .make()) }
            for error in [write, read] {
                #expect(error?.message.contains(state) == true)
                #expect(error?.message.contains(Self.secret) == false)
            }
        }
    }

    @Test(arguments: ["26000", "42P05"])
    func `the error for a statement that a pooler lost names the setting that helps`(_ state: String) async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let videos = catalog.repository.bound(
                to:
                    FailingSession(connection) {
                        $0.sql.contains("INSERT")
                            ? PostgresSessionError(.server, sqlState: state, message: "no such") : nil
                    })
            let error = await expect(.storeFailure) { try await videos.insert(.sample("one")) }
            #expect(error?.message.contains("preparesStatements") == true)
        }
    }

    @Test(arguments: ["57P01", "57P02", "08006"])
    func `a change during which the server stops may have been made`(_ state: String) async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            for error in [
                PostgresSessionError(.server, sqlState: state, message: "stopping"),
                PostgresSessionError(.connectionLost, sqlState: state, message: "lost"),
            ] {
                let videos = catalog.repository.bound(
                    to:
                        FailingSession(connection) {
                            $0.sql.contains("INSERT") || $0.sql.contains("WHERE id") ? error : nil
                        })
                await expect(.outcomeUnknown) { try await videos.insert(.sample("one")) }
                await expect(.unavailable) { try await videos.video(id: .make()) }
                // In a transaction, it is rolled back.
                try await connection.perform("BEGIN")
                await expect(.unavailable) { try await videos.insert(.sample("one")) }
                try await connection.perform("ROLLBACK")
            }
        }
    }

    @Test func `a connection that was closed for being idle has changed nothing`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let videos = catalog.repository.bound(
                to:
                    FailingSession(connection) {
                        $0.sql.contains("INSERT")
                            ? PostgresSessionError(.connectionLost, sqlState: "57P05", message: "idle-session timeout")
                            : nil
                    })
            await expect(.unavailable) { try await videos.insert(.sample("one")) }
        }
    }

    @Test(arguments: [
        (PostgresSessionError.Kind.connectionLost, "25P03", "idle_in_transaction_session_timeout"),
        (.connectionClosed, "25P03", "idle_in_transaction_session_timeout"), (.server, "25P03", "idle_in_transaction"),
        (.connectionClosed, "57P05", "idle_session_timeout"), (.connectionClosed, "25P04", "transaction_timeout"),
        (.connectionClosed, "57P01", "administrator"),
    ])
    func `the error after the server ended a session names the cause`(
        _ kind: PostgresSessionError.Kind, _ state: String, _ cause: String
    ) async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let videos = catalog.repository.bound(
                to: FailingSession(connection) {
                    $0.sql.contains("INSERT")
                        ? PostgresSessionError(kind, sqlState: state, message: "terminating") : nil
                })
            let error = await expect(.unavailable) { try await videos.insert(.sample("one")) }
            #expect(error?.message.contains(cause) == true, "\(String(describing: error))")
            #expect(error?.message.contains(state) == true)
        }
    }

    @Test(arguments: [
        ("25P04", "transaction_timeout"), ("57P01", "administrator"), ("57P02", "shuts down"), ("08006", ""),
    ])
    func `the error after a connection was lost during a statement names the cause`(
        _ state: String, _ cause: String
    ) async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let videos = catalog.repository.bound(
                to: FailingSession(connection) {
                    $0.sql.contains("INSERT") || $0.sql.contains("WHERE id")
                        ? PostgresSessionError(.connectionLost, sqlState: state, message: "terminating") : nil
                })
            let write = await expect(.outcomeUnknown) { try await videos.insert(.sample("one")) }
            let read = await expect(.unavailable) { try await videos.video(id: .make()) }
            for error in [write, read] {
                #expect(cause.isEmpty || error?.message.contains(cause) == true, "\(String(describing: error))")
                #expect(error?.message.contains(state) == true)
            }
        }
    }

    @Test func `a transaction that was idle for too long names the cause`() async throws {
        let catalog = try await TestCatalog.make()
        let error = await expect(.unavailable) {
            try await catalog.repository.withTransaction { videos, session in
                _ = try await videos.insert(.sample("one"))
                let id = try #require(try await session.perform("SELECT pg_backend_pid()::bigint").firstInteger)
                try await session.perform("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
                try await catalog.withConnection { other in
                    while try await other.perform("SELECT 1 FROM pg_stat_activity WHERE pid = $1", [.int8(Int64(id))])
                        .rowCount > 0
                    { await Task.yield() }
                }
                _ = try await videos.insert(.sample("two"))
            }
        }
        #expect(error?.message.contains("idle_in_transaction_session_timeout") == true, "\(String(describing: error))")
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 0)
    }

    @Test func `a change that was not sent was not made`() async throws {
        let catalog = try await TestCatalog.make()
        try await catalog.withConnection { connection in
            let videos = catalog.repository.bound(to: connection)
            _ = try await videos.insert(.sample("one"))
            connection.close()
            await expect(.unavailable) { try await videos.insert(.sample("two")) }
        }
        #expect(try await catalog.repository.count(matching: VideoQuery()) == 1)
    }

    @Test func `a server that cannot be reached is unavailable, and its address and password stay secret`() async throws
    {
        var configuration = LibPQPoolConfiguration(
            connectionString: "postgresql://somebody:\(Self.secret)@127.0.0.1:1/nothing")
        configuration.waitLimit = .milliseconds(300)
        let pool = try LibPQPool(configuration)
        let repository = PostgresVideoRepository(pool)
        let write = await expect(.unavailable) { try await repository.insert(.sample("one")) }
        let read = await expect(.unavailable) { try await repository.video(id: .make()) }
        let migration = await expect(.unavailable) { try await PostgresMigrator().migrate(pool) }
        for error in [write, read, migration] {
            #expect(error.map { "\($0)".contains(Self.secret) } == false)
        }
        await pool.shutdown()
        await expect(.unavailable) { try await repository.video(id: .make()) }
    }

    @Test func `a statement that takes too long fails, and nothing is changed`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        var configuration = try await SharedPool.configuration()
        configuration.statementTimeout = .milliseconds(200)
        let pool = try LibPQPool(configuration)
        let hurried = PostgresVideoRepository(pool, schema: catalog.schema)
        try await catalog.repository.withTransaction { _, session in
            try await session.perform("SELECT 1 FROM \(catalog.schema.sqlName).videos FOR UPDATE")
            await expect(.timedOut) { try await hurried.update(video) { $0.title = "changed" } }
        }
        #expect(try await catalog.repository.video(id: video.id) == video)
        await pool.shutdown()
    }

    @Test func `a canceled task gets a CancellationError, and nothing is changed`() async throws {
        let catalog = try await TestCatalog.make()
        let video = try await catalog.repository.insert(.sample("one"))
        try await catalog.repository.withTransaction { _, session in
            try await session.perform("SELECT 1 FROM \(catalog.schema.sqlName).videos FOR UPDATE")
            let task = Task { try await catalog.repository.update(video) { $0.title = "changed" } }
            try await catalog.waitForBlockedStatement()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(try await catalog.repository.video(id: video.id) == video)
    }
}
#endif
