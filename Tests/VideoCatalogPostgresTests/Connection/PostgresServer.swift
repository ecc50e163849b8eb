#if Postgres
import Foundation
import Synchronization
import Testing
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
        guard stopsAtExit == 0 else { throw PostgresServerError("cannot arrange for the servers to be stopped") }
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        directories.withLock { $0.append(directory) }
        let owner = String(ProcessInfo.processInfo.processIdentifier)
        try await run(["start"] + (isDurable ? ["--durable"] : []) + ["0", directory.path, owner])
        let file = try String(contentsOf: directory.appendingPathComponent("postgres.env"), encoding: .utf8)
        let settings = file.split(separator: "\n").map { line in
            let sides = line.split(separator: "=", maxSplits: 1).map(String.init)
            return (sides[0], sides[1])
        }
        let byName = Dictionary(uniqueKeysWithValues: settings)
        guard let url = byName["R2KIT_POSTGRES_URL"] else { throw PostgresServerError("the settings have no URL") }
        return PostgresServer(url: url, settings: byName)
    }

    /// Stops the server as an administrator does, and starts it again.
    func restart() async throws { try await Self.run(["restart", try directory]) }

    /// Ends all its processes at once; ``restart()`` brings it back.
    func kill() async throws { try await Self.run(["kill", try directory]) }

    /// Settings of a pool of at most so many connections.
    func configuration(maximumConnections: Int = 4) -> PostgresPoolConfiguration {
        var configuration = PostgresPoolConfiguration(connectionString: url)
        configuration.maximumConnections = maximumConnections
        // A busy machine takes its time.
        configuration.waitLimit = .seconds(120)
        configuration.connectTimeout = .seconds(60)
        return configuration
    }

    private var directory: String {
        get throws {
            guard let path = settings["R2KIT_POSTGRES_DIRECTORY"] else {
                throw PostgresServerError("this server was not started here")
            }
            return path
        }
    }

    // MARK: - The script

    private static let directories: Mutex<[URL]> = Mutex([])

    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/servers/start-postgres")

    /// Should the process be killed, the script notices that it has gone.
    private static let stopsAtExit: Int32 = atexit {
        for directory in PostgresServer.directories.withLock({ $0 }) {
            let process = Process()
            process.executableURL = PostgresServer.script
            process.arguments = ["stop", directory.path]
            if (try? process.run()) != nil { process.waitUntilExit() }
            try? FileManager.default.removeItem(at: directory)
        }
    }

    private static func run(_ arguments: [String]) async throws {
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        let output = try FileHandle(forWritingTo: log)
        defer {
            try? output.close()
            try? FileManager.default.removeItem(at: log)
        }
        let process = Process()
        process.executableURL = script
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        guard status == 0 else {
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw PostgresServerError("start-postgres \(arguments[0]) ended with \(status):\n\(text)")
        }
    }
}

/// Something that should not happen to the tests themselves.
struct PostgresServerError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Trait where Self == ConditionTrait {
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
