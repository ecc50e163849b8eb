package import Foundation
import Synchronization

/// A program that runs alongside the tests, with its output.
package final class RunningProgram: Sendable {
    package struct Outcome: Sendable {
        /// The exit status, or 128 plus the signal's number if a signal ended the program, as in a shell.
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
    ///   - program: The program's path, or a name to find in `PATH`.
    ///   - arguments: The arguments.
    ///   - environment: All environment variables, or `nil` for those of the tests.
    ///   - directory: The working directory, or `nil` for a new temporary directory.
    /// - Throws: An error if the output files can't be created or the program can't be started.
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
        // Files instead of pipes, so that nothing has to read long output while the program runs.
        let (output, errors) = (try files.newFile("output"), try files.newFile("errors"))
        defer {
            // On Linux, `Process` can outlive the program, and would keep the files open.
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

    /// Runs a program and waits until it exits.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil
    ) async throws -> Outcome {
        try await RunningProgram(program, arguments, environment: environment, directory: directory).outcome()
    }

    /// Waits until the program exits.
    package func outcome() async throws -> Outcome {
        let status = await ended.value
        return Outcome(status: status, output: try files.text("output"), errors: try files.text("errors"))
    }

    /// The output and error output so far.
    package var said: String { ["output", "errors"].map { (try? files.text($0)) ?? "" }.joined() }

    package var isRunning: Bool { !end.isReached.withLock(\.self) }

    package func send(signal: Int32) { Foundation.kill(processIdentifier, signal) }

    /// Kills the program (SIGKILL).
    package func kill() { send(signal: SIGKILL) }
}

/// The executables that the build places next to the tests.
package enum BuiltProgram {
    /// Returns the path of an executable.
    package static func path(_ name: String) throws -> String {
        var folders = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
        for bundle in Bundle.allBundles + [.main] {
            folders += [bundle.bundleURL, bundle.bundleURL.deletingLastPathComponent()]
        }
        let paths = folders.map { $0.appendingPathComponent(name).path }
        guard let found = paths.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
            throw TestSupportError("\(name) isn't built: run swift build --build-tests with the traits of these tests.")
        }
        return found
    }
}
