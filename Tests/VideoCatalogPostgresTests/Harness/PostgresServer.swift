#if Postgres
import Foundation
import TestSupport
import Testing
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// A PostgreSQL server for tests, which R2KIT_POSTGRES_URL names or which is started for this process.
struct PostgresServer: Sendable {
    /// The connection string of a superuser.
    let url: String
    /// The settings that the script wrote, which are empty for a server that it didn't start.
    let settings: [String: String]

    /// The server that all tests share, and that none may stop.
    static var shared: PostgresServer {
        get async throws { try await task.value }
    }

    private static let task = Task {
        if let url = ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"] {
            return PostgresServer(url: url, settings: [:])
        }
        return try await start()
    }

    /// Starts a separate server, which is stopped when the process ends.
    static func start(isDurable: Bool = false) async throws -> PostgresServer {
        let settings = try await script.start(isDurable ? ["--durable"] : []).settings
        guard let url = settings["R2KIT_POSTGRES_URL"] else { throw TestSupportError("the settings have no URL") }
        return PostgresServer(url: url, settings: settings)
    }

    /// Stops the server as an administrator does, and starts it again.
    func restart() async throws { try await Self.script.run(["restart", try directory]) }

    /// Kills all processes of the server.
    ///
    /// ``restart()`` starts it again.
    func kill() async throws { try await Self.script.run(["kill", try directory]) }

    /// Returns the configuration of a pool.
    func configuration(maximumConnections: Int = 4) -> LibPQPoolConfiguration {
        var configuration = LibPQPoolConfiguration(connectionString: url)
        configuration.maximumConnections = maximumConnections
        // For busy machines.
        configuration.waitLimit = .seconds(120)
        configuration.connectTimeout = .seconds(60)
        return configuration
    }

    private var directory: String {
        get throws {
            guard let path = settings["R2KIT_POSTGRES_DIRECTORY"] else {
                throw TestSupportError("this server was not started here")
            }
            return path
        }
    }

    private static let script = ServerScript("start-postgres", settingsFile: "postgres.env")
}

extension Trait where Self == ConditionTrait {
    /// A condition for tests that need more than the server's URL, such as its certificates.
    static var knowsItsServer: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"] == nil,
            "R2KIT_POSTGRES_URL names a server that was not started here")
    }

    /// A condition for suites that need a PostgreSQL server.
    ///
    /// With CI=true, a missing server is a failure.
    static var againstPostgres: Self {
        .enabled("set R2KIT_INTEGRATION=1, and have PostgreSQL 13 or later, to test against a real server") {
            let environment = ProcessInfo.processInfo.environment
            guard environment["R2KIT_INTEGRATION"] == "1" else { return false }
            do {
                _ = try await PostgresServer.shared
                return true
            } catch {
                if environment["CI"] == "true" { throw error }
                print("There is no PostgreSQL server: \(error)")
                return false
            }
        }
    }
}
#endif
