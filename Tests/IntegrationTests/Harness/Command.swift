import Foundation

/// A program that is run to its end, without blocking a thread.
struct Command {
    let program: String
    let arguments: [String]
    var environment = ProcessInfo.processInfo.environment

    /// How it ended, and what it said.
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    func run() async throws -> Outcome {
        let scratch = try Scratch()
        defer { scratch.remove() }
        // Files instead of pipes: nothing must be read while the program runs, however much it says.
        let (output, error) = (scratch.path("output"), scratch.path("error"))
        let status = try await run(output: Scratch.newFile(output), error: Scratch.newFile(error))
        return Outcome(
            status: status, output: try String(contentsOfFile: output, encoding: .utf8),
            error: try String(contentsOfFile: error, encoding: .utf8))
    }

    private func run(output: FileHandle, error: FileHandle) async throws -> Int32 {
        defer {
            // `Process` on Linux may outlive its end, and would keep them open.
            try? output.close()
            try? error.close()
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = error
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}
