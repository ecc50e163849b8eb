package import Foundation

/// A temporary directory that is removed with the object.
package final class Scratch: Sendable {
    package let directory: URL

    package init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { remove() }

    /// Removes the directory before the object is released.
    package func remove() { try? FileManager.default.removeItem(at: directory) }

    package func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    package func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    package func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
    }

    package func newFile(_ name: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path(name), contents: nil) else {
            throw TestSupportError("Can't write \(path(name)).")
        }
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    }
}

/// An error in the tests themselves.
package struct TestSupportError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
