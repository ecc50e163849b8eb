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

/// The file that a download is written to until it is whole, and takes its target's place.
struct PartialFile: Sendable {
    private let file: TransferFile

    var path: String { file.path }

    /// Refuses a target whose place no file can take, before anything is fetched for it.
    static func check(_ target: String) async throws {
        try await TransferFile.onThread {
            var status = stat()
            guard stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return }
            throw R2FileError(path: target, action: "replace", problem: "it is a folder")
        }
    }

    /// Makes one beside the target, so that it can be renamed into its place.
    static func beside(_ target: String) async throws -> PartialFile {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        return PartialFile(file: try await .creating(directory(of: target) + ".r2-\(digits).part"))
    }

    /// Opens one that was left.
    static func existing(_ path: String) async throws -> PartialFile {
        let file = try await TransferFile.writing(path)
        try await file.requireRegular()
        return PartialFile(file: file)
    }

    func write(_ chunks: [ByteBuffer], at offset: Int64) async throws { try await file.write(chunks, at: offset) }

    func size() async throws -> Int64 { try await file.status().size }

    func synchronize() async throws { try await file.synchronize() }

    /// Puts the file in the target's place, at once for whoever looks, and for good.
    func move(to target: String) async throws {
        try await file.synchronize()
        let path = path
        try await TransferFile.onThread {
            guard rename(path, target) == 0 else {
                throw R2FileError(path: target, action: "replace", errno: errno)
            }
            // The new name is kept by the directory. Some file systems cannot flush one: then there is no more to do.
            let directory = Self.directory(of: target)
            let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { return }
            _ = fsync(descriptor)
            _ = close(descriptor)
        }
    }

    func remove() async throws {
        let path = path
        try await TransferFile.onThread {
            guard unlink(path) == 0 || errno == ENOENT else {
                throw R2FileError(path: path, action: "remove", errno: errno)
            }
        }
    }

    /// The path up to and with its last slash.
    private static func directory(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return String(path[...slash])
    }
}

extension TransferError {
    /// What an error of the target means.
    static func target(_ error: any Error) -> TransferError {
        if let error = error as? R2FileError, let number = error.errorNumber, number == ENOSPC || number == EDQUOT {
            return TransferError(
                .diskFull, "there is no room for the download: make some, and resume it", underlying: error)
        }
        return TransferError(.targetFailed, "the download could not be written", underlying: error)
    }
}
#endif
