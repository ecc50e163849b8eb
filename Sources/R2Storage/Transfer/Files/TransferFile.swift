#if Storage
internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// An open file that is read or written at given positions, by threads that may block.
///
/// It stays the same file although another one takes its place under its path.
final class TransferFile: Sendable {
    let path: String
    private let descriptor: CInt

    private init(path: String, descriptor: CInt) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// Opens a regular file to read it.
    static func reading(_ path: String) async throws -> TransferFile {
        // Opening a named pipe would wait for its writer, were it not for the flag.
        let file = try await open(path, O_RDONLY | O_NONBLOCK)
        try await file.requireRegular()
        return file
    }

    /// Makes a new file to write it.
    static func creating(_ path: String) async throws -> TransferFile {
        try await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
    }

    /// Opens an existing file to write it.
    static func writing(_ path: String) async throws -> TransferFile {
        try await open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    }

    func requireRegular() async throws {
        let status = try await status()
        guard status.isRegular else {
            let kind = status.isDirectory ? "a directory" : "no regular file"
            throw R2FileError(path: path, action: "use", problem: "it is \(kind)")
        }
    }

    private static func open(_ path: String, _ flags: CInt) async throws -> TransferFile {
        try await onThread {
            let descriptor = openFile(path, flags | O_CLOEXEC)
            guard descriptor >= 0 else { throw R2FileError(path: path, action: "open", errno: errno) }
            return TransferFile(path: path, descriptor: descriptor)
        }
    }

    /// Runs what may block where nobody waits for it.
    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    /// What the file is at this moment.
    func status() async throws -> FileStatus { try await Self.onThread { try self.statusNow() } }

    private func statusNow() throws(R2FileError) -> FileStatus {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error("examine") }
        return FileStatus(status)
    }

    /// Reads up to `count` bytes; fewer only at the file's end.
    func read(at offset: Int64, count: Int) async throws -> ByteBuffer {
        try await Self.onThread { try self.readNow(at: offset, count: count) }
    }

    /// Reads exactly `count` bytes; that the file ends before is an error.
    func readWhole(at offset: Int64, count: Int) async throws -> ByteBuffer {
        let bytes = try await read(at: offset, count: count)
        guard bytes.readableBytes == count else {
            throw R2FileError(
                path: path, action: "read", problem: "it ends at byte \(offset + Int64(bytes.readableBytes))")
        }
        return bytes
    }

    /// Reads up to `count` bytes on this thread.
    func readNow(at offset: Int64, count: Int) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count {
            let position = offset + Int64(buffer.readableBytes)
            let wanted = count - buffer.readableBytes
            let result = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
                try self.uninterrupted("read") { pread(descriptor, space.baseAddress, wanted, off_t(position)) }
            }
            if result == 0 { break }
        }
        return buffer
    }

    /// Writes chunks one after the other, from a position on.
    func write(_ chunks: [ByteBuffer], at offset: Int64) async throws {
        try await Self.onThread {
            var position = offset
            for chunk in chunks {
                try chunk.withUnsafeReadableBytes { bytes in
                    var rest = bytes
                    while !rest.isEmpty {
                        let count = try self.uninterrupted("write") {
                            pwrite(self.descriptor, rest.baseAddress, rest.count, off_t(position))
                        }
                        position += Int64(count)
                        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                    }
                }
            }
        }
    }

    /// Has the file's content written to the device.
    func synchronize() async throws {
        try await Self.onThread { _ = try self.uninterrupted("flush") { Int(fsync(self.descriptor)) } }
    }

    private func uninterrupted(_ action: String, _ call: () -> Int) throws(R2FileError) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EINTR else { throw error(action) }
        }
    }

    private func error(_ action: String) -> R2FileError { R2FileError(path: path, action: action, errno: errno) }
}

/// Files that are made may be read and written as the process's mask allows.
private func openFile(_ path: String, _ flags: CInt) -> CInt { open(path, flags, mode_t(0o666)) }
#endif
