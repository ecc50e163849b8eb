#if Storage
import Foundation
import Synchronization

/// The command r2 as a process of its own, which was built beside the tests.
final class RunningCommand: Sendable {
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    struct NotBuilt: Error {}

    let processIdentifier: Int32
    private let files: Scratch
    private let ended: Task<Int32, Never>

    /// Runs it to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await start(arguments, environment: environment).outcome()
    }

    static func start(_ arguments: [String], environment: [String: String]) throws -> RunningCommand {
        try RunningCommand(arguments, environment)
    }

    private init(_ arguments: [String], _ environment: [String: String]) throws {
        let files = try Scratch()
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = files.directory
        process.standardInput = FileHandle.nullDevice
        // Files in place of pipes: nothing must be read while it runs, however much it says.
        process.standardOutput = try files.newFile("output")
        process.standardError = try files.newFile("errors")
        let (ends, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            // As a shell tells it.
            let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
            continuation.yield(signal + process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        self.files = files
        processIdentifier = process.processIdentifier
        ended = Task { await ends.first { _ in true } ?? -1 }
    }

    /// Whether it has ended is awaited.
    func outcome() async throws -> Outcome {
        let status = await ended.value
        return Outcome(status: status, output: try files.text("output"), errors: try files.text("errors"))
    }

    func send(signal: Int32) { kill(processIdentifier, signal) }

    private static func executable() throws -> URL {
        var folders = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
        for bundle in Bundle.allBundles { folders.append(bundle.bundleURL.deletingLastPathComponent()) }
        let candidates = folders.map { $0.appendingPathComponent("r2") }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw NotBuilt()
        }
        return found
    }
}
#endif
