#if Storage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import Foundation

/// The executable `storage-process`, run beside the tests.
final class StorageChild: Sendable {
    private let process: Mutex<Process>
    private let ended: Task<Int32, any Error>
    private let outputPath: String

    /// Starts it with settings as `R2Config()` reads them; what it says is kept in a file of this folder.
    init(_ arguments: [String], settings: [String: String], folder: URL) throws {
        outputPath = folder.appendingPathComponent("output-\(UUID().uuidString)").path
        guard FileManager.default.createFile(atPath: outputPath, contents: nil),
            let output = FileHandle(forWritingAtPath: outputPath)
        else { throw CocoaError(.fileWriteUnknown) }
        let process = Process()
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(settings) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let (stream, continuation) = AsyncThrowingStream<Int32, any Error>.makeStream()
        process.terminationHandler = { process in
            continuation.yield(process.terminationStatus)
            continuation.finish()
        }
        try process.run()
        try output.close()
        ended = Task {
            for try await status in stream { return status }
            throw CancellationError()
        }
        self.process = Mutex(process)
    }

    /// Where the build puts executables: beside the tests.
    private static func executable() throws -> URL {
        #if os(macOS)
        let tests = Bundle(for: StorageChild.self).bundleURL
        #else
        let tests = try URL(fileURLWithPath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        #endif
        return tests.deletingLastPathComponent().appendingPathComponent("storage-process")
    }

    /// Ends it at once (SIGKILL).
    func kill() async throws {
        _ = process.withLock { signalProcess($0.processIdentifier, SIGKILL) }
        _ = try await ended.value
    }

    /// Waits for its end.
    func status() async throws -> Int32 { try await ended.value }

    var isRunning: Bool { process.withLock { $0.isRunning } }

    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
}

private func signalProcess(_ id: Int32, _ signal: Int32) -> Int32 { kill(id, signal) }
#endif
