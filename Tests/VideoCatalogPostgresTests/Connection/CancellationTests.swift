#if Postgres
import Synchronization
import Testing

@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

@Suite(.againstPostgres) struct CancellationTests {
    private func connection() async throws -> LibPQConnection {
        try await LibPQConnection.open(PostgresServer.shared.configuration())
    }

    /// Returns the number of running statements that contain the mark.
    private func running(_ mark: String, _ observer: LibPQConnection) async throws -> Int? {
        try await observer.run(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE $1",
            .text("%\(mark)%")
        ).integer()
    }

    @Test func `cancelling the task ends the statement in the server`() async throws {
        let (connection, observer) = (try await connection(), try await connection())
        let task = Task { try await connection.run("SELECT pg_sleep(60) -- cancel-one") }
        try await eventually("the statement runs") { try await running("cancel-one", observer) == 1 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await running("cancel-one", observer) == 0)
        #expect(try await connection.run("SELECT 5::bigint").integer() == 5)
    }

    @Test func `a canceled task sends nothing`() async throws {
        let connection = try await connection()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await connection.run("CREATE TABLE never_created (id bigint)")
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await connection.run("SELECT to_regclass('never_created')::text").text() == nil)
    }

    @Test func `a canceled task leaves the queue of a connection`() async throws {
        let (connection, observer) = (try await connection(), try await connection())
        let slow = Task { try await connection.run("SELECT pg_sleep(60) -- cancel-queue") }
        try await eventually("the statement runs") { try await running("cancel-queue", observer) == 1 }
        let queued = Task { try await connection.run("SELECT 1") }
        try await eventually("it is in the queue") { connection.channel.state.withLock { $0.waiters.count } == 1 }
        queued.cancel()
        await #expect(throws: CancellationError.self) { try await queued.value }
        #expect(try await running("cancel-queue", observer) == 1)
        slow.cancel()
        await #expect(throws: CancellationError.self) { try await slow.value }
    }

    @Test func `many cancellations disturb no other task`() async throws {
        let pool = try LibPQPool(try await PostgresServer.shared.configuration(maximumConnections: 4))
        let disturbed = Shared(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    // These are canceled at any time.
                    for round in 0..<150 {
                        let task = Task { try await pool.withConnection { try await $0.run("SELECT pg_sleep(0.002)") } }
                        try await Task.sleep(for: .microseconds((round * 37 + worker * 211) % 4000))
                        task.cancel()
                        do { _ = try await task.value } catch is CancellationError {}
                    }
                }
                group.addTask {
                    for number in 0..<300 {
                        do {
                            let result = try await pool.withConnection {
                                try await $0.run("SELECT $1::bigint FROM pg_sleep(0.001)", .int8(Int64(number)))
                            }
                            #expect(result.integer() == number)
                        } catch {
                            disturbed.withLock { $0 += 1 }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(disturbed.withLock { $0 } == 0)
        let counts = pool.state.withLock { ($0.borrowed, $0.waiters.count, $0.total) }
        #expect(counts.0 == 0)
        #expect(counts.1 == 0)
        #expect(counts.2 <= 4)
        await pool.shutdown()
    }

    @Test func `a statement that takes too long is the server's error, not a cancellation`() async throws {
        var configuration = try await PostgresServer.shared.configuration()
        configuration.statementTimeout = .milliseconds(50)
        let connection = try await LibPQConnection.open(configuration)
        let error = await failure { try await connection.run("SELECT pg_sleep(60)") }
        #expect(error?.kind == .server)
        #expect(error?.sqlState == "57014")
        // On a busy machine, a short statement may exceed the limit, too.
        try await eventually("a short statement succeeds") {
            (try? await connection.run("SELECT 5::bigint").integer()) == 5
        }
    }

    @Test func `connecting ends when the task is canceled`() async throws {
        let listener = try SilentListener()
        defer { listener.close() }
        var configuration = LibPQPoolConfiguration(connectionString: "host=127.0.0.1 port=\(listener.port) user=u")
        // Without the cancellation, it would take an hour.
        configuration.connectTimeout = .seconds(3_600)
        let task = Task { [configuration] in try await LibPQConnection.open(configuration) }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }
}
#endif
