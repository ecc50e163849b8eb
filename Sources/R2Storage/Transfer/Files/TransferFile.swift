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
    let localPath: LocalPath
    private let descriptor: CInt
    private let ignoresModificationTime: Bool

    private init(_ path: LocalPath, descriptor: CInt, ignoresModificationTime: Bool) {
        localPath = path
        self.descriptor = descriptor
        self.ignoresModificationTime = ignoresModificationTime
    }

    /// The path for messages.
    var path: String { localPath.description }

    deinit { _ = close(descriptor) }

    /// Opens a regular file for reading.
    static func reading(_ path: String) async throws -> TransferFile { try await reading(LocalPath(path)) }

    /// Opens a regular file for reading.
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - ignoresModificationTime: A Boolean value that indicates whether the file's ``status()`` has no time.
    /// - Returns: The file.
    /// - Throws: An ``R2FileError`` if it can't be opened, or isn't a regular file.
    static func reading(_ path: LocalPath, ignoresModificationTime: Bool = false) async throws -> TransferFile {
        // Without O_NONBLOCK, opening a named pipe would wait for its writer.
        let file = try await open(path, O_RDONLY | O_NONBLOCK, ignoresModificationTime: ignoresModificationTime)
        try await file.requireRegular()
        return file
    }

    /// Creates a new file for writing.
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - isPrivate: A Boolean value that indicates whether only its owner can read it.
    /// - Returns: The file.
    /// - Throws: An ``R2FileError`` if it exists or can't be created.
    static func creating(_ path: LocalPath, isPrivate: Bool) async throws -> TransferFile {
        try await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: isPrivate ? 0o600 : 0o666)
    }

    /// Opens an existing file for writing.
    static func writing(_ path: LocalPath) async throws -> TransferFile {
        try await open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
    }

    private static func open(
        _ path: LocalPath, _ flags: CInt, mode: mode_t = 0o666, ignoresModificationTime: Bool = false
    ) async throws -> TransferFile {
        try await onThread {
            let descriptor = try path.withSystemPath { openFile($0, flags | O_CLOEXEC, mode) }
            guard descriptor >= 0 else { throw R2FileError(path: path.description, action: "open", errno: errno) }
            return TransferFile(path, descriptor: descriptor, ignoresModificationTime: ignoresModificationTime)
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
            FileStatus(try self.systemStatus(), ignoringModificationTime: self.ignoresModificationTime)
        }
    }

    /// Returns a Boolean value that indicates whether the file ends where its status says.
    ///
    /// Files that a program generates, such as those in `/proc` and of some FUSE file systems, report other sizes.
    func ends(at size: Int64) async throws -> Bool {
        let last = max(0, size - 1)
        return try await read(at: last, count: 2).readableBytes == size - last
    }

    /// Returns the file's size.
    /// - Throws: An ``R2FileError`` if the file has another size than its status says.
    func checkedSize() async throws -> Int64 {
        let size = try await status().size
        guard try await ends(at: size) else {
            throw R2FileError(
                path: path, action: "use",
                problem: "It doesn't have the \(size) bytes that its file system reports: upload it as a stream.")
        }
        return size
    }

    /// Gives the file the permissions of another one, and its owner and group if the process may do so.
    ///
    /// No one may do more with it than with the other one.
    func copy(_ attributes: ReplacedFile.Attributes) async throws {
        try await Self.onThread {
            var status = try self.systemStatus()
            if status.st_uid != attributes.owner || status.st_gid != attributes.group {
                // Most processes can't change the owner, but can choose one of their groups.
                if fchown(self.descriptor, attributes.owner, attributes.group) != 0 {
                    _ = fchown(self.descriptor, uid_t.max, attributes.group)
                }
                status = try self.systemStatus()
            }
            var mode = attributes.mode
            let hasSameGroup = status.st_gid == attributes.group
            // A program must not start to run as another user.
            if status.st_uid != attributes.owner || !hasSameGroup { mode &= 0o1777 }
            // Members of the old group become others, so everyone but the owner gets what both could do.
            if !hasSameGroup {
                let shared = mode & mode >> 3 & 0o007
                mode = mode & ~0o077 | shared << 3 | shared
            }
            #if canImport(Glibc)
            // With an access list, the group's bits are the limit of all its entries.
            if attributes.accessList == nil || hasSameGroup {
                let isSet = LinuxFunctions.setAccessList(attributes.accessList, of: self.descriptor) == 0
                // Others may be users that the list excluded.
                if attributes.accessList != nil, !isSet { mode &= ~0o077 }
                status = try self.systemStatus()
            } else {
                mode &= ~0o077
            }
            #endif
            let current = status.st_mode & 0o7777
            guard current != mode, fchmod(self.descriptor, mode) != 0 else { return }
            // Some mounts have no permissions to set.
            guard current & ~mode == 0 else { throw self.error("set the permissions of") }
        }
    }

    /// Makes the file accessible to its owner only, if its file system has permissions.
    func makePrivate() async throws {
        try await Self.onThread { _ = fchmod(self.descriptor, 0o600) }
    }

    /// Reserves space for a size, if the file system supports that.
    /// - Throws: An ``R2FileError`` if there isn't enough space, or a file can't have the size.
    func reserve(_ size: Int64) async throws {
        #if canImport(Glibc)
        try await Self.onThread {
            guard size > 0, LinuxFunctions.reserve(size, for: self.descriptor) != 0,
                [ENOSPC, EDQUOT, EFBIG].contains(errno)
            else { return }
            throw self.error("write")
        }
        #endif
    }

    /// Creates an empty file and removes it again.
    static func createAndRemove(_ path: LocalPath) throws {
        let descriptor = try path.withSystemPath { openFile($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw R2FileError(path: path.description, action: "open", errno: errno) }
        _ = close(descriptor)
        _ = try path.withSystemPath { unlink($0) }
    }

    private func systemStatus() throws(R2FileError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error("examine") }
        return status
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
            var chunks = ConsecutiveChunks(chunks, at: offset)
            try chunks.write { memory, position in
                try self.retryingInterrupts("write") {
                    pwritev(self.descriptor, memory, CInt(memory.count), off_t(position))
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
private func openFile(_ path: UnsafePointer<CChar>, _ flags: CInt, _ mode: mode_t) -> CInt { open(path, flags, mode) }

/// The attributes that show whether a file has changed.
struct FileStatus: Sendable, Hashable {
    /// The file's size, in bytes.
    let size: Int64
    /// The time of the last modification, in nanoseconds since 1970, or `nil` if it is ignored.
    let modified: Int64?
    let isRegular: Bool
    let isDirectory: Bool

    init(_ status: stat, ignoringModificationTime isIgnored: Bool) {
        size = Int64(status.st_size)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isDirectory = status.st_mode & S_IFMT == S_IFDIR
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        // Times are only compared, and those after 2262 don't fit.
        modified = isIgnored ? nil : Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
#endif
