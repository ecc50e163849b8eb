package import Foundation
import Synchronization

/// A program that runs beside the tests, and what it says.
package final class RunningProgram: Sendable {
    package struct Outcome: Sendable {
        /// The exit status; of a program that a signal ended, 128 and the signal's number, as a shell tells it.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    package let processIdentifier: Int32
    private let files: Scratch
    private let ended: Task<Int32, Never>
    private let end: End

    private final class End: Sendable {
        let isReached = Mutex(false)
    }

    /// Starts a program.
    /// - Parameters:
    ///   - program: Its path, or a name to be looked for in `PATH`.
    ///   - arguments: Its arguments.
    ///   - environment: All its variables; those of the tests if `nil`.
    ///   - directory: Where it runs; in one of its own if `nil`.
    /// - Throws: What making its files, or starting it, throws.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil
    ) throws {
        files = try Scratch()
        let process = Process()
        let isPath = program.contains("/")
        process.executableURL = URL(fileURLWithPath: isPath ? program : "/usr/bin/env")
        process.arguments = isPath ? arguments : [program] + arguments
        if let environment { process.environment = environment }
        process.currentDirectoryURL = directory ?? files.directory
        process.standardInput = FileHandle.nullDevice
        // Files in place of pipes: nothing must be read while it runs, however much it says.
        let (output, errors) = (try files.newFile("output"), try files.newFile("errors"))
        defer {
            // `Process` on Linux may outlive its end, and would keep them open.
            try? output.close()
            try? errors.close()
        }
        process.standardOutput = output
        process.standardError = errors
        let end = End()
        let (ends, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            end.isReached.withLock { $0 = true }
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
            continuation.yield(signal + process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        processIdentifier = process.processIdentifier
        self.end = end
        ended = Task { await ends.first { _ in true } ?? -1 }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil
    ) async throws -> Outcome {
        try await RunningProgram(program, arguments, environment: environment, directory: directory).outcome()
    }

    /// Waits for its end.
    package func outcome() async throws -> Outcome {
        let status = await ended.value
        return Outcome(status: status, output: try files.text("output"), errors: try files.text("errors"))
    }

    /// What it has said so far, and complained of.
    package var said: String { ["output", "errors"].map { (try? files.text($0)) ?? "" }.joined() }

    package var isRunning: Bool { !end.isReached.withLock(\.self) }

    package func send(signal: Int32) { Foundation.kill(processIdentifier, signal) }

    /// Ends it at once (SIGKILL).
    package func kill() { send(signal: SIGKILL) }
}

/// The executables that the build puts beside the tests.
package enum BuiltProgram {
    /// The path of one.
    package static func path(_ name: String) throws -> String {
        var folders = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
        for bundle in Bundle.allBundles + [.main] {
            folders += [bundle.bundleURL, bundle.bundleURL.deletingLastPathComponent()]
        }
        let paths = folders.map { $0.appendingPathComponent(name).path }
        guard let found = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw TestSupportError("\(name) is not built: swift build --build-tests, with the traits of these tests")
        }
        return found
    }
}
