#if Postgres
import CLibPQ
import Foundation
import Synchronization
import Testing

@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

@Suite(.againstPostgres) struct LossTests {
    private func connection() async throws -> LibPQConnection {
        try await LibPQConnection.open(PostgresServer.shared.configuration())
    }

    private func terminate(_ connection: LibPQConnection, _ observer: LibPQConnection) async throws {
        try await observer.run("SELECT pg_terminate_backend($1::bigint::int)", .int8(Int64(connection.processID)))
    }

    @Test func `a connection that is ended while idle is noticed`() async throws {
        let (connection, observer) = (try await connection(), try await connection())
        try await terminate(connection, observer)
        try await eventually("it is noticed") { !connection.isUsable }
        let error = await failure { try await connection.run("SELECT 1") }
        #expect(error?.kind == .connectionClosed)
    }

    @Test func `a connection that is ended during a statement is lost`() async throws {
        let (connection, observer) = (try await connection(), try await connection())
        let task = Task { try await connection.run("SELECT pg_sleep(60)") }
        try await eventually("it runs") {
            try await observer.run(
                "SELECT state FROM pg_stat_activity WHERE pid = $1::bigint::int AND query LIKE '%pg_sleep%'",
                .int8(Int64(connection.processID))
            ).text() == "active"
        }
        try await terminate(connection, observer)
        let error = await failure { _ = try await task.value }
        #expect(error?.kind == .connectionLost)
        #expect(!connection.isUsable)
    }

    @Test func `a socket that is cut during a statement is a lost connection`() async throws {
        let connection = try await connection()
        // Not prepared, so that the running request is the statement itself.
        let task = Task { try await connection.run("SELECT pg_sleep(60)", isReusable: false) }
        try await eventually("it is under way") { connection.channel.state.withLock { $0.exchange != nil } }
        connection.channel.shutDownSocket()
        let error = await failure { _ = try await task.value }
        #expect(error?.kind == .connectionLost)
    }

    @Test func `a closed connection fails the running statement and later ones`() async throws {
        let connection = try await connection()
        // Not prepared, so that the running request is the statement itself.
        let task = Task { try await connection.run("SELECT pg_sleep(60)", isReusable: false) }
        try await eventually("it is under way") { connection.channel.state.withLock { $0.exchange != nil } }
        connection.close()
        let lost = await failure { _ = try await task.value }
        #expect(lost?.kind == .connectionLost)
        let closed = await failure { try await connection.run("SELECT 1") }
        #expect(closed?.kind == .connectionClosed)
        connection.close()
    }

    @Test func `a pool replaces broken connections`() async throws {
        let observer = try await connection()
        let pool = try LibPQPool(try await PostgresServer.shared.configuration(maximumConnections: 2))
        for _ in 0..<5 {
            let id = try await pool.withConnection { connection in
                try await connection.run("SELECT 1")
                return connection.processID
            }
            try await observer.run("SELECT pg_terminate_backend($1::bigint::int)", .int8(Int64(id)))
            try await eventually("it is gone") {
                try await observer.run("SELECT 1 FROM pg_stat_activity WHERE pid = $1::bigint::int", .int8(Int64(id)))
                    .rowCount == 0
            }
            let other = try await pool.withTransaction { try await $0.run("SELECT pg_backend_pid()").integer() }
            #expect(other != Int(id))
        }
        await pool.shutdown()
    }

    @Test func `a pool reconnects to a server that restarts`() async throws {
        let server = try await PostgresServer.start()
        let pool = try LibPQPool(server.configuration(maximumConnections: 4))
        try await pool.withConnection { _ = try await $0.run("CREATE TABLE counted (id bigint)") }
        let sleeper = Task { try await pool.withConnection { try await $0.run("SELECT pg_sleep(60)") } }
        try await eventually("it runs") {
            try await pool.withConnection {
                try await $0.run(
                    "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'")
            }.integer() == 1
        }
        try await server.restart()
        let error = await failure { _ = try await sleeper.value }
        #expect(error?.kind == .connectionLost)
        for _ in 0..<8 { try await pool.withTransaction { _ = try await $0.run("INSERT INTO counted VALUES (1)") } }

        // A task that asks while the server is down succeeds once it is back.
        try await server.kill()
        let late = Task {
            try await pool.withTransaction { try await $0.run("SELECT count(*) FROM counted").integer() }
        }
        try await eventually("it waits") { pool.state.withLock { $0.lastFailure != nil } }
        try await server.restart()
        #expect(try await late.value == 8)
        await pool.shutdown()
    }

    @Test func `an unreachable server is reported after the wait limit`() async throws {
        var configuration = LibPQPoolConfiguration(connectionString: "host=127.0.0.1 port=1 user=r2kit")
        configuration.waitLimit = .seconds(3)
        let pool = try LibPQPool(configuration)
        try await eventually("the reason is reported") {
            let begin = ContinuousClock.now
            let error = await failure { try await pool.withConnection { _ = try await $0.run("SELECT 1") } }
            #expect(ContinuousClock.now - begin >= .seconds(3))
            #expect(error?.kind == .notConnected)
            // A busy machine may not have tried to connect by then.
            return error?.message.contains("No server is listening") == true
        }
        await pool.shutdown()
    }

    @Test(.knowsItsServer) func `a wrong password is reported at once`() async throws {
        let server = try await PostgresServer.shared
        let port = try #require(server.settings["R2KIT_POSTGRES_PORT"])
        var configuration = LibPQPoolConfiguration(
            connectionString: "host=127.0.0.1 port=\(port) user=r2kit_password password=hush dbname=r2kit")
        // A pool that waited would not end.
        configuration.waitLimit = .seconds(86_400)
        let pool = try LibPQPool(configuration)
        let error = await failure { try await pool.withConnection { _ = try await $0.run("SELECT 1") } }
        #expect(error?.sqlState == "28P01")
        await pool.shutdown()
    }

    @Test func `an adopted connection is used in the app's transaction and left open`() async throws {
        let url = try await PostgresServer.shared.url
        let owner = try #require(PQconnectdb(url))
        defer { PQfinish(owner) }
        func isDone(_ sql: String) -> Bool {
            let result = PQexec(owner, sql)
            defer { PQclear(result) }
            return PQresultStatus(result) == PGRES_COMMAND_OK
        }
        try #require(isDone("CREATE TEMP TABLE shared (id bigint)"))
        try #require(isDone("BEGIN"))
        do {
            let adopted = try LibPQConnection(adopting: owner)
            for number in 1...20 { try await adopted.run("INSERT INTO shared VALUES ($1)", .int8(Int64(number))) }
            #expect(try await adopted.run("SELECT count(*) FROM shared").integer() == 20)
            #expect(PQisnonblocking(owner) == 0)
            adopted.close()
        }
        #expect(PQtransactionStatus(owner) == PQTRANS_INTRANS)
        #expect(isDone("ROLLBACK"))
        let again = try LibPQConnection(adopting: owner)
        #expect(try await again.run("SELECT count(*) FROM shared").integer() == 0)
        let task = Task { try await again.run("SELECT pg_sleep(60)") }
        try await eventually("it is under way") { again.channel.state.withLock { $0.exchange != nil } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(isDone("SET application_name = 'still open'"))
    }

    @Test func `a connection whose session the server has ended is not used before it is closed`() async throws {
        let listener = try SilentListener()
        defer { listener.close() }
        func message(_ kind: String, _ body: [UInt8]) -> [UInt8] {
            Array(kind.utf8) + [0, 0, 0, UInt8(body.count + 4)] + body
        }
        let signal = DispatchSemaphore(value: 0)
        // It accepts the login and is ready. Later it ends the session.
        listener.respondOnce(
            message("R", [0, 0, 0, 0]) + message("Z", Array("I".utf8)),
            later: (message("E", Array("SFATAL\0VFATAL\0C57P05\0Midle\0\0".utf8)), signal))
        let connection = try await LibPQConnection.open(
            LibPQPoolConfiguration(
                connectionString: "host=127.0.0.1 port=\(listener.port) user=u sslmode=disable gssencmode=disable"))
        #expect(connection.isUsable)
        signal.signal()
        try await eventually("it is noticed") { !connection.isUsable }
        let error = await failure { try await connection.run("SELECT 1") }
        #expect(error?.kind == .connectionClosed)
        connection.close()
    }

    @Test func `a connection that doesn't respond after a long idle time is replaced`() async throws {
        // A separate server, since its processes are paused.
        var configuration = try await PostgresServer.start().configuration(maximumConnections: 2)
        configuration.connectTimeout = .seconds(2)
        let pool = try LibPQPool(configuration, trustedIdleTime: .zero)
        let both = try await pool.withConnection { first in
            try await pool.withConnection { second in [first.processID, second.processID] }
        }
        // As behind a firewall that has dropped the connections: the sockets are open, and no response comes.
        for process in both { try #require(process > 0 && kill(process, SIGSTOP) == 0) }
        defer { for process in both { kill(process, SIGCONT) } }
        let begin = ContinuousClock.now
        let fresh = try await pool.withConnection { connection in
            _ = try await connection.run("SELECT 1")
            return connection.processID
        }
        #expect(!both.contains(fresh))
        // One timeout, and not one for each connection.
        #expect(ContinuousClock.now - begin >= configuration.connectTimeout)
        #expect(pool.state.withLock { $0.total } == 1)
        await pool.shutdown()
    }
}
#endif
