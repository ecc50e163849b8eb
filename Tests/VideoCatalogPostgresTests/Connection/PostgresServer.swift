#if Postgres
import Foundation
import TestSupport
import Testing
import VideoCatalogLibPQ
import VideoCatalogPostgres

/// A PostgreSQL server for tests: the one that R2KIT_POSTGRES_URL names, or one that is started for this process.
struct PostgresServer: Sendable {
    /// The connection string of a superuser.
    let url: String
    /// What the script noted down; empty for a server that it did not start.
    let settings: [String: String]

    /// The one that all tests share: none may stop it.
    static var shared: PostgresServer {
        get async throws { try await task.value }
    }

    private static let task = Task {
        if let url = ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"] {
            return PostgresServer(url: url, settings: [:])
        }
        return try await start()
    }

    /// Starts a server of one's own, which is stopped when the process ends.
    static func start(isDurable: Bool = false) async throws -> PostgresServer {
        let settings = try await script.start(isDurable ? ["--durable"] : []).settings
        guard let url = settings["R2KIT_POSTGRES_URL"] else { throw TestSupportError("the settings have no URL") }
        return PostgresServer(url: url, settings: settings)
    }

    /// Stops the server as an administrator does, and starts it again.
    func restart() async throws { try await Self.script.run(["restart", try directory]) }

    /// Ends all its processes at once; ``restart()`` brings it back.
    func kill() async throws { try await Self.script.run(["kill", try directory]) }

    /// Settings of a pool of at most so many connections.
    func configuration(maximumConnections: Int = 4) -> LibPQPoolConfiguration {
        var configuration = LibPQPoolConfiguration(connectionString: url)
        configuration.maximumConnections = maximumConnections
        // A busy machine takes its time.
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
    /// For tests that need to know more of the server than how to connect to it, such as its certificates.
    static var knowsItsServer: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_POSTGRES_URL"] == nil,
            "R2KIT_POSTGRES_URL names a server that was not started here")
    }

    /// For every suite that needs a PostgreSQL server.
    ///
    /// Where none can be had the suite is skipped; with CI=true that is a failure.
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
