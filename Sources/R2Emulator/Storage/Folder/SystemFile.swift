#if Emulator
internal import NIOCore

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// An error of the file system.
struct SystemFileError: Error, CustomStringConvertible {
    let action: String
    let path: String
    let code: CInt

    var description: String { "can't \(action) \(path): \(String(cString: strerror(code)))" }
}

/// An open file.
///
/// The functions block.
struct SystemFile: ~Copyable, Sendable {
    private let descriptor: CInt
    private let path: String

    private init(_ path: String, _ flags: CInt, _ action: String) throws {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemFileError(action: action, path: path, code: errno) }
    }

    deinit { _ = close(descriptor) }

    static func creating(_ path: String) throws -> SystemFile {
        try SystemFile(path, O_WRONLY | O_CREAT | O_EXCL, "create")
    }

    static func reading(_ path: String) throws -> SystemFile { try SystemFile(path, O_RDONLY, "open") }

    /// Opens a file and locks it until it's closed.
    ///
    /// Throws if another process has it locked.
    static func locking(_ path: String) throws -> SystemFile {
        let file = try SystemFile(path, O_RDWR | O_CREAT, "open")
        guard flock(file.descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SystemFileError(action: "lock", path: path, code: errno)
        }
        return file
    }

    /// Writes all bytes at the end.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            #if canImport(Darwin)
            let count = Darwin.write(descriptor, start, rest.count)
            #elseif canImport(Glibc)
            let count = Glibc.write(descriptor, start, rest.count)
            #elseif canImport(Musl)
            let count = Musl.write(descriptor, start, rest.count)
            #else
            let count = Android.write(descriptor, start, rest.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemFileError(action: "write", path: path, code: errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }

    /// Reads up to a number of bytes at a position.
    func read(_ count: Int, at position: Int64) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        let got = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { space in
            while true {
                let got = pread(descriptor, space.baseAddress, count, off_t(position))
                if got < 0, errno == EINTR { continue }
                return max(got, 0)
            }
        }
        guard got > 0 else { throw SystemFileError(action: "read", path: path, code: EIO) }
        return buffer
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw SystemFileError(action: "synchronize", path: path, code: errno) }
    }
}

/// Functions of the file system that work with paths.
///
/// They block.
enum SystemPath {
    static func rename(_ old: String, to new: String) throws {
        #if canImport(Darwin)
        let result = Darwin.rename(old, new)
        #elseif canImport(Glibc)
        let result = Glibc.rename(old, new)
        #elseif canImport(Musl)
        let result = Musl.rename(old, new)
        #else
        let result = Android.rename(old, new)
        #endif
        guard result == 0 else { throw SystemFileError(action: "rename", path: old, code: errno) }
    }

    /// Gives a file a second name, and returns `false` if the file system can't.
    static func link(_ old: String, to new: String) -> Bool {
        #if canImport(Darwin)
        return Darwin.link(old, new) == 0
        #elseif canImport(Glibc)
        return Glibc.link(old, new) == 0
        #elseif canImport(Musl)
        return Musl.link(old, new) == 0
        #else
        return Android.link(old, new) == 0
        #endif
    }

    static func remove(_ path: String) { _ = unlink(path) }

    /// Removes an empty directory, and returns whether it did.
    static func removeDirectory(_ path: String) -> Bool { rmdir(path) == 0 }

    static func createDirectories(_ path: String) throws {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    static func names(in directory: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory)
    }

    /// Returns the length of a file, or `nil` if there is no regular file.
    static func length(of path: String) -> Int64? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func removeTree(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
#endif
