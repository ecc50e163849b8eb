import Foundation
import Synchronization

/// Runs the scripts that start and stop servers.
enum ServerProcess {
    private struct Started {
        let script: String
        let scratch: Scratch
    }

    private static let started: Mutex<[Started]> = Mutex([])

    private static let scripts = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/servers")

    /// Stops the servers when the process ends.
    ///
    /// Should it be killed, the scripts notice that it has gone.
    private static let stopsAtExit: Int32 = atexit { ServerProcess.stopAll() }

    /// Starts a server in a directory of its own, on free ports.
    /// - Returns: The settings to use it with.
    static func start(_ script: String) async throws -> [String: String] {
        guard stopsAtExit == 0 else { throw HarnessError("cannot arrange for the servers to be stopped") }
        let path = scripts.appendingPathComponent(script).path
        let scratch = try Scratch()
        started.withLock { $0.append(Started(script: path, scratch: scratch)) }
        let owner = String(ProcessInfo.processInfo.processIdentifier)
        let outcome = try await Command(program: path, arguments: ["start", "0", scratch.directory.path, owner]).run()
        guard outcome.status == 0 else {
            throw HarnessError("\(script) ended with \(outcome.status):\n\(outcome.error)")
        }
        let settings = try String(contentsOfFile: scratch.path("r2.env"), encoding: .utf8)
        let pairs = settings.split(separator: "\n").map { line in
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0], sides.count == 2 ? sides[1] : "")
        }
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private static func stopAll() {
        let all = started.withLock { $0 }
        for server in all {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: server.script)
            process.arguments = ["stop", server.scratch.directory.path]
            if (try? process.run()) != nil { process.waitUntilExit() }
            server.scratch.remove()
        }
    }
}
