#if Storage
internal import NIOCore
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

/// The file that a download is written to until it is complete and replaces the target.
struct PartialFile: Sendable {
    private let file: TransferFile

    var path: String { file.path }

    /// Throws before anything is fetched if the target is a directory, which a file can't replace.
    static func checkTarget(_ target: String) async throws {
        try await TransferFile.onThread {
            var status = stat()
            guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
            throw R2FileError(path: target, action: "replace", problem: "It is a directory.")
        }
    }

    /// Creates a partial file in the target's directory, so that it can be renamed to the target.
    static func beside(_ target: String) async throws -> PartialFile {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        return PartialFile(file: try await .creating(directory(of: target) + ".r2-\(digits).part"))
    }

    /// Opens the partial file of an interrupted download.
    static func existing(_ path: String) async throws -> PartialFile {
        let file = try await TransferFile.writing(path)
        try await file.requireRegular()
        return PartialFile(file: file)
    }

    func write(_ chunks: [ByteBuffer], at offset: Int64) async throws { try await file.write(chunks, at: offset) }

    func size() async throws -> Int64 { try await file.status().size }

    func synchronize() async throws { try await file.synchronize() }

    /// Replaces the target with this file, atomically and durably.
    func move(to target: String) async throws {
        try await file.synchronize()
        let path = path
        try await TransferFile.onThread {
            guard rename(path, target) == 0 else {
                throw R2FileError(path: target, action: "replace", errno: errno)
            }
            // Flushing the directory makes the new name durable. Some file systems don't support that.
            let directory = Self.directory(of: target)
            let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            _ = fsync(descriptor)
            _ = close(descriptor)
        }
    }

    /// Removes the file.
    ///
    /// Succeeds even if it doesn't exist.
    func remove() async throws {
        let path = path
        try await TransferFile.onThread {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw R2FileError(path: path, action: "remove", errno: errno)
            }
        }
    }

    /// The path up to and including its last slash.
    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(path[...slash])
    }
}

extension TransferError {
    /// Creates the error for a file that couldn't be written.
    static func target(_ error: any Error) -> TransferError {
        if let error = error as? R2FileError, let number = error.errorNumber, number == ENOSPC || number == EDQUOT {
            return TransferError(
                .diskFull, "The disk is full: free some space and resume the download.", underlying: error)
        }
        return TransferError(.targetFailed, "The download couldn't be written.", underlying: error)
    }
}
#endif
