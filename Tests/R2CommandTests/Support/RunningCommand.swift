#if Storage
import Foundation
import TestSupport

/// The command r2 as a process, built in the same folder as the tests.
enum RunningCommand {
    /// Runs the command until it ends.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> RunningProgram.Outcome
    {
        try await start(arguments, environment: environment).outcome()
    }

    static func start(_ arguments: [String], environment: [String: String]) throws -> RunningProgram {
        try RunningProgram(BuiltProgram.path("r2"), arguments, environment: environment)
    }

    /// Runs a bash command in which `$r2` is the command.
    static func shell(
        _ command: String, _ environment: [String: String], in scratch: Scratch
    ) async throws -> RunningProgram.Outcome {
        var environment = environment
        environment["r2"] = try BuiltProgram.path("r2")
        environment["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin"
        return try await RunningProgram.run(
            "/bin/bash", ["-c", command], environment: environment, directory: scratch.directory)
    }
}

extension Scratch {
    /// Writes a file with bytes from a seed, which differ in all parts.
    @discardableResult
    func file(_ name: String, mebibytes: Int, seed: UInt64 = 1) throws -> String {
        let file = try newFile(name)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<mebibytes {
            let words = (0..<131_072).map { _ in generator.next() }
            try file.write(contentsOf: words.withUnsafeBytes { Data($0) })
        }
        try file.close()
        return path(name)
    }
}
#endif
