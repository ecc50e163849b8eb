#if Postgres
import Foundation
import VideoCatalogPostgres

/// A server that one test may stop, kill and start again.
struct OwnServer: Sendable {
    let directory: String
    let url: String

    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/servers/start-postgres").path

    /// Starts a server; it is stopped when this process ends, if nobody stops it before.
    ///
    /// - Parameter isDurable: Whether the server waits for the disk, as a real one does.
    static func start(isDurable: Bool) async throws -> OwnServer {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)").path
        let owner = String(ProcessInfo.processInfo.processIdentifier)
        try await command(script, ["start"] + (isDurable ? ["--durable"] : []) + ["0", directory, owner])
        let lines = try String(contentsOfFile: directory + "/postgres.env", encoding: .utf8).split(separator: "\n")
        let key = "R2KIT_POSTGRES_URL="
        guard let line = lines.first(where: { $0.hasPrefix(key) }) else {
            throw Failure(description: "\(script) wrote down no \(key)")
        }
        return OwnServer(directory: directory, url: String(line.dropFirst(key.count)))
    }

    /// Runs a body with a server of its own, and stops that.
    static func run(isDurable: Bool = false, _ body: (OwnServer) async throws -> Void) async throws {
        let server = try await start(isDurable: isDurable)
        do {
            try await body(server)
        } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func stop() async throws {
        try await Self.command(Self.script, ["stop", directory])
        try FileManager.default.removeItem(atPath: directory)
    }

    /// Stops the server as an administrator does, and starts it again.
    func restart() async throws { try await Self.command(Self.script, ["restart", directory]) }

    /// Ends all of the server's processes at once.
    func kill() async throws { try await Self.command(Self.script, ["kill", directory]) }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a program to its end, which must be a good one.
    static func command(_ program: String, _ arguments: [String]) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
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
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")) ended with \(status)")
        }
    }
}
#endif
