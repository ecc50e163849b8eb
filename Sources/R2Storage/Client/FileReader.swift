#if Storage
package import NIOCore
internal import NIOPosix
internal import R2Kit

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// An open file, read at given positions by a thread that may block.
package final class FileReader: Sendable {
    private let descriptor: CInt
    private let path: String

    private init(descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { _ = close(descriptor) }

    /// Opens a file.
    /// - Throws: ``R2FileError``.
    package static func open(_ path: String) async throws -> FileReader {
        try await NIOThreadPool.singleton.runIfActive {
            let descriptor = path.withCString { openForReading($0) }
            guard descriptor >= 0 else { throw R2FileError(path: path, action: "open", errno: errno) }
            return FileReader(descriptor: descriptor, path: path)
        }
    }

    /// How many bytes the file has.
    /// - Throws: ``R2FileError``.
    package func size() async throws -> Int64 {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            let end = lseek(descriptor, 0, SEEK_END)
            guard end >= 0 else { throw R2FileError(path: path, action: "read", errno: errno) }
            return Int64(end)
        }
    }

    /// Reads exactly `count` bytes.
    /// - Throws: ``R2FileError``, also if the file ends before.
    package func read(at offset: Int64, count: Int) async throws -> ByteBuffer {
        try await NIOThreadPool.singleton.runIfActive { [self] in
            var buffer = ByteBufferAllocator().buffer(capacity: count)
            while buffer.readableBytes < count {
                let position = offset + Int64(buffer.readableBytes)
                let wanted = count - buffer.readableBytes
                let result = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                    while true {
                        let result = pread(descriptor, space.baseAddress, wanted, off_t(position))
                        if result >= 0 { return result }
                        guard errno == EINTR else { throw R2FileError(path: path, action: "read", errno: errno) }
                    }
                }
                guard result > 0 else {
                    throw R2FileError(path: path, action: "read", problem: "it ends at byte \(position)")
                }
            }
            return buffer
        }
    }
}

private func openForReading(_ path: UnsafePointer<CChar>) -> CInt { open(path, O_RDONLY | O_CLOEXEC) }

/// A file could not be opened, read or written.
public struct R2FileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where the file is.
    public let path: String
    /// What was tried, such as `open` or `read`.
    public let action: String
    /// The system's error number, if it was the system that refused.
    public let errorNumber: Int32?
    /// What went wrong.
    public let message: String

    package init(path: String, action: String, errno number: Int32) {
        self.path = path
        self.action = action
        errorNumber = number
        message = String(cString: strerror(number))
    }

    package init(path: String, action: String, problem: String) {
        self.path = path
        self.action = action
        errorNumber = nil
        message = problem
    }

    /// The action, the path and the reason.
    public var description: String { "cannot \(action) the file \(path): \(message)" }
}
#endif
