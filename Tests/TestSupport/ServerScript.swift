package import Foundation
import Synchronization

/// A script of `Scripts/servers`, which starts a server on this machine and stops it.
package struct ServerScript: Sendable {
    /// A server that a script has started; it runs until the process ends.
    package struct Started: Sendable {
        /// Where its files are.
        package let directory: URL
        /// What the script noted down, by name: addresses, keys and the like.
        package let settings: [String: String]
    }

    private let name: String
    private let settingsFile: String

    /// Names a script.
    /// - Parameters:
    ///   - name: The file's name.
    ///   - settingsFile: The file that it writes the server's settings to.
    package init(_ name: String, settingsFile: String = "r2.env") {
        self.name = name
        self.settingsFile = settingsFile
    }

    /// Starts a server in a directory of its own, on free ports.
    package func start(_ options: [String] = []) async throws -> Started {
        guard Self.stopsAtExit == 0 else { throw TestSupportError("cannot arrange for the servers to be stopped") }
        let scratch = try Scratch()
        Self.running.withLock { $0.append((self, scratch)) }
        // Should the process be killed, the script notices that it has gone.
        let owner = String(ProcessInfo.processInfo.processIdentifier)
        try await run(["start"] + options + ["0", scratch.directory.path, owner])
        let pairs = try scratch.text(settingsFile).split(separator: "\n").map { line in
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0], sides.count == 2 ? sides[1] : "")
        }
        return Started(directory: scratch.directory, settings: Dictionary(pairs) { $1 })
    }

    /// Runs the script, which must succeed.
    package func run(_ arguments: [String]) async throws {
        let outcome = try await RunningProgram.run(path, arguments)
        guard outcome.status == 0 else {
            throw TestSupportError(
                "\(name) \(arguments.first ?? "") ended with \(outcome.status):\n\(outcome.output)\(outcome.errors)")
        }
    }

    private var path: String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Scripts/servers/\(name)").path
    }

    // MARK: The end

    private static let running: Mutex<[(script: ServerScript, scratch: Scratch)]> = Mutex([])

    private static let stopsAtExit: Int32 = atexit { ServerScript.stopAll() }

    private static func stopAll() {
        for server in running.withLock({ $0 }) {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: server.script.path)
            process.arguments = ["stop", server.scratch.directory.path]
            if (try? process.run()) != nil { process.waitUntilExit() }
            server.scratch.remove()
        }
    }
}
