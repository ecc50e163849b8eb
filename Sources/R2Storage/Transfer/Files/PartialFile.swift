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

    var path: LocalPath { file.localPath }

    /// Creates a partial file in the target's directory, so that it can be renamed to the target.
    ///
    /// It is private if it replaces a file, which may be private, too.
    static func beside(_ target: ReplacedFile) async throws -> PartialFile {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        let path = LocalPath(bytes: target.path.folder.bytes + Array(".r2-\(digits).part".utf8))
        return PartialFile(file: try await .creating(path, isPrivate: target.attributes != nil))
    }

    /// Opens the partial file of an interrupted download.
    static func existing(_ path: LocalPath) async throws -> PartialFile {
        let file = try await TransferFile.writing(path)
        try await file.requireRegular()
        return PartialFile(file: file)
    }

    func write(_ chunks: [ByteBuffer], at offset: Int64) async throws { try await file.write(chunks, at: offset) }

    func size() async throws -> Int64 { try await file.status().size }

    func synchronize() async throws { try await file.synchronize() }

    /// Replaces the target with this file, atomically and durably.
    ///
    /// Follows symbolic links, and keeps the permissions of a replaced file.
    func move(to target: LocalPath) async throws {
        let replaced = try await ReplacedFile.find(target)
        if let attributes = replaced.attributes { try await file.copy(attributes) }
        try await file.synchronize()
        let path = path
        try await TransferFile.onThread {
            let result = try path.withSystemPath { old in
                try replaced.path.withSystemPath { new in rename(old, new) }
            }
            guard result == 0 else {
                throw R2FileError(path: replaced.path.description, action: "replace", errno: errno)
            }
            // Flushing the directory makes the new name durable. Some file systems don't support that.
            let descriptor = try replaced.path.folder.withSystemPath { open($0, O_RDONLY | O_CLOEXEC) }
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
            guard try path.withSystemPath({ unlink($0) }) == 0 || errno == ENOENT else {
                throw R2FileError(path: path.description, action: "remove", errno: errno)
            }
        }
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
