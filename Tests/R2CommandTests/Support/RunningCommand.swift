#if Storage
import Foundation
import TestSupport

/// The command r2 as a process of its own, which was built beside the tests.
enum RunningCommand {
    /// Runs it to its end.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> RunningProgram.Outcome
    {
        try await start(arguments, environment: environment).outcome()
    }

    static func start(_ arguments: [String], environment: [String: String]) throws -> RunningProgram {
        try RunningProgram(BuiltProgram.path("r2"), arguments, environment: environment)
    }
}

extension Scratch {
    /// Writes a file whose bytes follow from a seed, no two of its parts alike.
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
