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
    /// It is private if it replaces a file, which may be private, too. What would fail at the end fails now, while it
    /// is empty: a name that the file system refuses, permissions that can't be set, and a size that doesn't fit.
    static func beside(_ target: ReplacedFile, size: Int64) async throws -> PartialFile {
        if target.attributes == nil { try await target.checkName() }
        let path = target.hiddenPath(ending: ".part".utf8)
        let partial = PartialFile(file: try await .creating(path, isPrivate: target.attributes != nil))
        do {
            if let attributes = target.attributes {
                try await partial.file.copy(attributes)
                try await partial.file.makePrivate()
            }
            try await partial.reserve(size)
        } catch {
            try? await partial.remove()
            throw error
        }
        return partial
    }

    /// Opens the partial file of an interrupted download.
    static func existing(_ path: LocalPath) async throws -> PartialFile {
        let file = try await TransferFile.writing(path)
        try await file.requireRegular()
        return PartialFile(file: file)
    }

    func write(_ chunks: [ByteBuffer], at offset: Int64) async throws { try await file.write(chunks, at: offset) }

    /// Reserves space for the whole content, if the file system supports that.
    func reserve(_ size: Int64) async throws { try await file.reserve(size) }

    func size() async throws -> Int64 { try await file.status().size }

    func synchronize() async throws { try await file.synchronize() }

    /// Replaces the target with this file, atomically and durably.
    ///
    /// Follows symbolic links, and keeps the permissions of a replaced file.
    /// - Parameters:
    ///   - target: The path of the target.
    ///   - isReplaceable: A Boolean value that indicates whether the target may exist.
    /// - Throws: An ``R2FileError`` if the target can't be written, or exists and must not be replaced.
    func move(to target: LocalPath, isReplaceable: Bool) async throws {
        let replaced = try await ReplacedFile.find(target, isReplaceable: isReplaceable)
        if let attributes = replaced.attributes { try await file.copy(attributes) }
        try await file.synchronize()
        let path = path
        try await TransferFile.onThread {
            let result = try path.withSystemPath { old in
                try replaced.path.withSystemPath { new in
                    isReplaceable ? rename(old, new) : Self.renameExclusively(old, new)
                }
            }
            guard result == 0 else {
                let action = isReplaceable ? "replace" : "create"
                throw R2FileError(path: replaced.path.description, action: action, errno: errno)
            }
            // Flushing the directory makes the new name durable. Some file systems don't support that.
            let descriptor = try replaced.path.folder.withSystemPath { open($0, O_RDONLY | O_CLOEXEC) }
            guard descriptor >= 0 else { return }
            _ = fsync(descriptor)
            _ = close(descriptor)
        }
    }

    /// Renames a file, unless the new name exists.
    private static func renameExclusively(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> CInt {
        #if canImport(Glibc)
        if LinuxFunctions.renameExclusively(old, new) == 0 { return 0 }
        #elseif canImport(Darwin)
        if renamex_np(old, new, UInt32(RENAME_EXCL)) == 0 { return 0 }
        #else
        errno = ENOSYS
        #endif
        guard errno != EEXIST else { return -1 }
        // Not every file system has this function. Most of the others have links.
        guard link(old, new) == 0 else {
            // With neither, the check just before has to do.
            return errno == EEXIST ? -1 : rename(old, new)
        }
        return unlink(old)
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
                .diskFull, "The disk is full: free some space, and resume or repeat the download.", underlying: error)
        }
        return TransferError(.targetFailed, "The download couldn't be written.", underlying: error)
    }
}
#endif
