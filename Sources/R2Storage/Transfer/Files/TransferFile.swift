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

/// An open file that is read or written at given offsets, on threads that may block.
///
/// It stays the same file even if another file replaces it at its path.
final class TransferFile: Sendable {
    let path: String
    private let descriptor: CInt

    private init(path: String, descriptor: CInt) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// Opens a regular file for reading.
    static func reading(_ path: String) async throws -> TransferFile {
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        let file = try await open(path, O_RDONLY | O_NONBLOCK)
        try await file.requireRegular()
        return file
    }

    /// Creates a new file for writing.
    static func creating(_ path: String) async throws -> TransferFile {
        try await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW)
    }

    /// Opens an existing file for writing.
    static func writing(_ path: String) async throws -> TransferFile {
        try await open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    }

    private static func open(_ path: String, _ flags: CInt) async throws -> TransferFile {
        try await onThread {
            let descriptor = openFile(path, flags | O_CLOEXEC)
            guard descriptor >= 0 else { throw R2FileError(path: path, action: "open", errno: errno) }
            return TransferFile(path: path, descriptor: descriptor)
        }
    }

    /// Runs work that may block on a thread of NIO's pool.
    static func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await NIOThreadPool.singleton.runIfActive(work)
    }

    /// Throws an ``R2FileError`` unless the file is a regular file.
    func requireRegular() async throws {
        let status = try await status()
        guard status.isRegular else {
            let kind = status.isDirectory ? "It is a directory." : "It isn't a regular file."
            throw R2FileError(path: path, action: "use", problem: kind)
        }
    }

    /// Returns the file's current status.
    func status() async throws -> FileStatus {
        try await Self.onThread {
            var status = stat()
            guard fstat(self.descriptor, &status) == 0 else { throw self.error("examine") }
            return FileStatus(status)
        }
    }

    /// Reads up to `count` bytes.
    ///
    /// Returns fewer only at the end of the file.
    func read(at offset: Int64, count: Int) async throws -> ByteBuffer {
        try await Self.onThread { try self.readNow(at: offset, count: count) }
    }

    /// Reads exactly `count` bytes.
    /// - Throws: An ``R2FileError`` if the file ends before.
    func readWhole(at offset: Int64, count: Int) async throws -> ByteBuffer {
        let bytes = try await read(at: offset, count: count)
        guard bytes.readableBytes == count else {
            throw R2FileError(
                path: path, action: "read", problem: "It ends at byte \(offset + Int64(bytes.readableBytes)).")
        }
        return bytes
    }

    private func readNow(at offset: Int64, count: Int) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count {
            let position = offset + Int64(buffer.readableBytes)
            let remaining = count - buffer.readableBytes
            let result = try buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: remaining) { space in
                try self.retryingInterrupts("read") { pread(descriptor, space.baseAddress, remaining, off_t(position)) }
            }
            if result == 0 { break }
        }
        return buffer
    }

    /// Writes chunks one after the other, starting at `offset`.
    func write(_ chunks: [ByteBuffer], at offset: Int64) async throws {
        try await Self.onThread {
            var position = offset
            for chunk in chunks {
                try chunk.withUnsafeReadableBytes { bytes in
                    var rest = bytes
                    while !rest.isEmpty {
                        let count = try self.retryingInterrupts("write") {
                            pwrite(self.descriptor, rest.baseAddress, rest.count, off_t(position))
                        }
                        position += Int64(count)
                        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                    }
                }
            }
        }
    }

    /// Flushes the file's contents to the device.
    func synchronize() async throws {
        try await Self.onThread { _ = try self.retryingInterrupts("flush") { Int(fsync(self.descriptor)) } }
    }

    private func retryingInterrupts(_ action: String, _ call: () -> Int) throws(R2FileError) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EINTR else { throw error(action) }
        }
    }

    private func error(_ action: String) -> R2FileError { R2FileError(path: path, action: action, errno: errno) }
}

/// Opens a file.
///
/// The process's umask restricts the permissions of a new one.
private func openFile(_ path: String, _ flags: CInt) -> CInt { open(path, flags, mode_t(0o666)) }

/// The attributes that show whether a file has changed.
struct FileStatus: Sendable, Hashable {
    /// The file's size, in bytes.
    let size: Int64
    /// The time of the last modification, in nanoseconds since 1970.
    let modified: Int64
    let isRegular: Bool
    let isDirectory: Bool

    init(_ status: stat) {
        size = Int64(status.st_size)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        modified = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
#endif
