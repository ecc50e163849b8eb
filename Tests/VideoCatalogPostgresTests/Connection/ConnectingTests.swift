#if Postgres
import Foundation
import TestSupport
import Testing

@testable import VideoCatalogLibPQ
@testable import VideoCatalogPostgres

@Suite(.againstPostgres) struct ConnectingTests {
    private func setting(_ name: String) async throws -> String {
        guard let value = try await PostgresServer.shared.settings[name] else {
            throw TestSupportError("only a server that is started here has \(name)")
        }
        return value
    }

    private func open(_ connectionString: String) async throws -> LibPQConnection {
        try await LibPQConnection.open(LibPQPoolConfiguration(connectionString: connectionString))
    }

    /// Returns a connection string for the user with a password.
    private func withPassword(_ password: String, host: String = "127.0.0.1", _ more: String = "") async throws
        -> String
    {
        let (port, user) = (try await setting("R2KIT_POSTGRES_PORT"), try await setting("R2KIT_POSTGRES_PASSWORD_USER"))
        return "host=\(host) port=\(port) user=\(user) dbname=r2kit password='\(password)' \(more)"
    }

    @Test(.knowsItsServer) func `TLS with the right authority and host is accepted`() async throws {
        let string = try await withPassword(
            setting("R2KIT_POSTGRES_PASSWORD"), host: "localhost",
            "sslmode=verify-full sslrootcert=\(setting("R2KIT_POSTGRES_CA"))")
        let connection = try await open(string)
        let text = String(repeating: "0123456789", count: 300_000)
        #expect(try await connection.run("SELECT $1::text", .text(text)).text() == text)
        #expect(
            try await connection.run("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()").text() == "true")
        // Responses of sizes around that of a TLS record.
        for size in stride(from: 8_000, to: 70_000, by: 1_237) {
            let result = try await connection.run("SELECT repeat('x', $1::bigint::int)", .int8(Int64(size)))
            #expect(result.bytes(0, 0)?.count == size)
        }
    }

    @Test(.knowsItsServer) func `TLS with another authority is rejected`() async throws {
        let string = try await withPassword(
            setting("R2KIT_POSTGRES_PASSWORD"), host: "localhost",
            "sslmode=verify-full sslrootcert=\(setting("R2KIT_POSTGRES_OTHER_CA"))")
        let error = await failure { _ = try await open(string) }
        #expect(error?.kind == .notConnected)
        #expect(error?.message.contains("sslrootcert") == true)
    }

    @Test(.knowsItsServer) func `a wrong password is rejected, and no error repeats it`() async throws {
        let string = try await withPassword("S3cret-hush", "sslmode=disable")
        let error = await failure { _ = try await open(string) }
        #expect(error?.kind == .notConnected)
        #expect(error?.sqlState == "28P01")
        let text = "\(String(describing: error)) \(String(reflecting: error))"
        #expect(!text.contains("hush"))
        #expect(!text.contains("r2kit_password"))
    }

    @Test(.knowsItsServer) func `a missing database, a missing password and a closed port are told apart`() async throws
    {
        let port = try await setting("R2KIT_POSTGRES_PORT")
        let database = await failure { _ = try await open("host=127.0.0.1 port=\(port) user=r2kit dbname=nowhere") }
        #expect(database?.sqlState == "3D000")
        let password = await failure {
            _ = try await open(
                "host=127.0.0.1 port=\(port) user=r2kit_password dbname=r2kit passfile=/none")
        }
        #expect(password?.message.contains("password") == true)
        let closed = await failure { _ = try await open("host=127.0.0.1 port=1 user=r2kit") }
        #expect(closed?.message.contains("No server is listening") == true)
        #expect(closed?.kind == .notConnected)
    }

    @Test(.knowsItsServer) func `a host that refuses the connection is skipped`() async throws {
        let port = try await setting("R2KIT_POSTGRES_PORT")
        let connection = try await open("host=127.0.0.1,127.0.0.1 port=1,\(port) user=r2kit dbname=r2kit")
        #expect(connection.isUsable)
    }

    @Test func `an unresponsive host costs the connect timeout`() async throws {
        let listener = try SilentListener()
        defer { listener.close() }
        var configuration = LibPQPoolConfiguration(connectionString: "host=127.0.0.1 port=\(listener.port) user=u")
        configuration.connectTimeout = .milliseconds(100)
        let error = await failure { [configuration] in _ = try await LibPQConnection.open(configuration) }
        #expect(error?.kind == .notConnected)
        #expect(error?.message.contains("in time") == true)
    }

    @Test(arguments: [("08P01", "pooler"), ("42501", "CONNECT"), ("53300", "role's limit")])
    func `a rejected connection is reported by its code and not by the server's message`(
        _ state: String, _ word: String
    ) async throws {
        let listener = try SilentListener()
        defer { listener.close() }
        // An error: the severity, the SQLSTATE, and the message.
        let fields = Array("SFATAL\0C\(state)\0Mno such hush\0\0".utf8)
        listener.respondOnce(Array("E".utf8) + [0, 0, 0, UInt8(fields.count + 4)] + fields)
        let error = await failure {
            _ = try await open("host=127.0.0.1 port=\(listener.port) user=u sslmode=disable gssencmode=disable")
        }
        #expect(error?.kind == .notConnected)
        #expect(error?.sqlState == state)
        #expect(error?.message.contains(word) == true)
        #expect(error?.message.contains("hush") == false)
    }

    @Test func `the encoding is UTF-8 and the application has a name`() async throws {
        let url = try await PostgresServer.shared.url
        let connection = try await open(url + "&client_encoding=LATIN1")
        #expect(try await connection.run("SHOW client_encoding").text() == "UTF8")
        #expect(try await connection.run("SHOW application_name").text() == "r2kit")
        var configuration = LibPQPoolConfiguration(connectionString: url)
        configuration.applicationName = "tests"
        let named = try await LibPQConnection.open(configuration)
        #expect(try await named.run("SHOW application_name").text() == "tests")
    }
}

@Suite struct PoolConfigurationTests {
    private func setting(_ change: (inout LibPQPoolConfiguration) -> Void) -> String? {
        var configuration = LibPQPoolConfiguration(connectionString: "postgresql://app:hush@db.example/videos")
        change(&configuration)
        do {
            _ = try LibPQPool(configuration)
            return nil
        } catch {
            #expect(!"\(error)".contains("hush"))
            return error.setting
        }
    }

    @Test func `settings out of their range are named`() {
        #expect(setting { _ in } == nil)
        #expect(setting { $0.maximumConnections = 0 } == "maximumConnections")
        #expect(setting { $0.maximumConnections = 10_001 } == "maximumConnections")
        #expect(setting { $0.waitLimit = .zero } == "waitLimit")
        #expect(setting { $0.connectTimeout = .seconds(3_601) } == "connectTimeout")
        #expect(setting { $0.statementTimeout = .microseconds(1) } == "statementTimeout")
        #expect(setting { $0.idleTimeout = .seconds(-1) } == "idleTimeout")
        #expect(setting { $0.applicationName = String(repeating: "x", count: 64) } == "applicationName")
        #expect(setting { $0.connectionString = "password=hush nonsense" } == "connectionString")
        #expect(
            setting { $0.connectionString = "postgresql://app:hush@db.example:nonsense/x?y=z" } == "connectionString")
    }

    @Test func `no description shows the connection string`() {
        let configuration = LibPQPoolConfiguration(connectionString: "postgresql://app:hush@db.example/videos")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("hush"))
            #expect(!text.contains("db.example"))
        }
    }
}
#endif
