#if Storage
import Foundation

/// A folder of its own for temporary files, which goes with the value.
final class Scratch: Sendable {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() }

    func newFile(_ name: String) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: path(name), contents: nil)
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    }

    /// Writes a file whose bytes follow from a seed, no two of its parts alike.
    @discardableResult
    func file(_ name: String, mebibytes: Int, seed: UInt64 = 1) throws -> String {
        let file = try newFile(name)
        var state = seed
        for _ in 0..<mebibytes {
            var words = [UInt64]()
            words.reserveCapacity(131_072)
            for _ in 0..<131_072 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                words.append(state)
            }
            try file.write(contentsOf: words.withUnsafeBytes { Data($0) })
        }
        try file.close()
        return path(name)
    }
}
#endif
