package import Foundation

/// A program that runs alongside the tests, with its output.
package final class RunningProgram: Sendable {
    package struct Outcome: Sendable {
        /// The exit status, or 128 plus the signal's number if a signal ended the program, as in a shell.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    package var processIdentifier: Int32 { process.processIdentifier }
    private let process: ChildProcess
    private let files: Scratch

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
        let isPath = program.contains("/")
        // Files instead of pipes, so that nothing has to read long output while the program runs.
        let (output, errors) = (try files.newFile("output"), try files.newFile("errors"))
        defer {
            try? output.close()
            try? errors.close()
        }
        process = try ChildProcess(
            isPath ? program : "/usr/bin/env", isPath ? arguments : [program] + arguments, environment: environment,
            directory: directory ?? files.directory, output: output, errors: errors)
    }

    /// Runs a program and waits until it exits.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: URL? = nil
    ) async throws -> Outcome {
        try await RunningProgram(program, arguments, environment: environment, directory: directory).outcome()
    }

    /// Waits until the program exits.
    package func outcome() async throws -> Outcome {
        let status = await process.wait()
        return Outcome(status: status, output: try files.text("output"), errors: try files.text("errors"))
    }

    /// The output and error output so far.
    package var said: String { ["output", "errors"].map { (try? files.text($0)) ?? "" }.joined() }

    /// The output so far.
    package var output: String { (try? files.text("output")) ?? "" }

    package var isRunning: Bool { process.status == nil }

    package func send(signal: Int32) { process.send(signal: signal) }

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
