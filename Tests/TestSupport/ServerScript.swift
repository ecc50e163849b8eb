package import Foundation
import Synchronization

/// A script in `Scripts/servers` that starts and stops a server on this machine.
package struct ServerScript: Sendable {
    /// A server that a script has started, which runs until the process exits.
    package struct Started: Sendable {
        /// The directory of the server's files.
        package let directory: URL
        /// The settings that the script wrote, by name, such as addresses and keys.
        package let settings: [String: String]
    }

    private let name: String
    private let settingsFile: String

    /// Creates a value for a script.
    /// - Parameters:
    ///   - name: The file's name.
    ///   - settingsFile: The file that it writes the server's settings to.
    package init(_ name: String, settingsFile: String = "r2.env") {
        self.name = name
        self.settingsFile = settingsFile
    }

    /// Starts a server in a new directory, on free ports.
    package func start(_ options: [String] = []) async throws -> Started {
        guard Self.stopsAtExit == 0 else {
            throw TestSupportError("Can't register the handler that stops the servers.")
        }
        let scratch = try Scratch()
        Self.running.withLock { $0.append((self, scratch)) }
        // If the process is killed, the script notices and stops the server.
        let owner = String(ProcessInfo.processInfo.processIdentifier)
        try await run(["start"] + options + ["0", scratch.directory.path, owner])
        let pairs = try scratch.text(settingsFile).split(separator: "\n").map { line in
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0], sides.count == 2 ? sides[1] : "")
        }
        return Started(directory: scratch.directory, settings: Dictionary(pairs) { $1 })
    }

    /// Runs the script, and throws if it fails.
    package func run(_ arguments: [String]) async throws {
        let outcome = try await RunningProgram.run(path, arguments)
        guard outcome.status == 0 else {
            throw TestSupportError(
                "\(name) \(arguments.first ?? "") failed with status \(outcome.status):\n"
                    + "\(outcome.output)\(outcome.errors)"
            )
        }
    }

    private var path: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Scripts/servers/\(name)").path
    }

    // MARK: Stopping

    private static let running: Mutex<[(script: ServerScript, scratch: Scratch)]> = Mutex([])

    private static let stopsAtExit: Int32 = atexit { ServerScript.stopAll() }

    private static func stopAll() {
        for server in running.withLock({ $0 }) {
            try? ChildProcess(server.script.path, ["stop", server.scratch.directory.path]).waitBlocking()
            server.scratch.remove()
        }
    }
}
