#if Storage
#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// The place of a download's file, and the file that is there now.
struct ReplacedFile: Sendable {
    /// The path of the file itself, after following symbolic links.
    let path: LocalPath
    /// The permissions and owner of the existing file, or `nil` if there is none.
    let attributes: Attributes?

    struct Attributes: Sendable, Hashable {
        let mode: mode_t
        let owner: uid_t
        let group: gid_t
        /// The POSIX access list, or `nil` if there is none beyond the mode.
        let accessList: [UInt8]?
    }

    /// The number of symbolic links that are followed, as in Linux.
    private static let maximumLinkCount = 40

    /// Finds the file that a path names, and checks that a download can replace or create it.
    /// - Parameters:
    ///   - target: The path.
    ///   - isReplaceable: A Boolean value that indicates whether the download may replace an existing file.
    /// - Returns: The file.
    /// - Throws: An ``R2FileError`` if the path names something other than a regular file, or a file that can't or must
    ///   not be replaced, or its folder doesn't exist or can't be written.
    static func find(_ target: LocalPath, isReplaceable: Bool = true) async throws -> ReplacedFile {
        try await TransferFile.onThread { try findNow(target, isReplaceable) }
    }

    private static func findNow(_ target: LocalPath, _ isReplaceable: Bool) throws -> ReplacedFile {
        // Some links, such as /dev/stdout, lead to files without a path.
        var final = stat()
        let exists = try target.withSystemPath { stat($0, &final) } == 0
        if exists {
            try requireRegular(final, target)
            guard isReplaceable else {
                throw R2FileError(path: target.description, action: "create", errno: EEXIST)
            }
        }
        var path = target
        for _ in 0..<maximumLinkCount {
            var status = stat()
            guard try path.withSystemPath({ lstat($0, &status) }) == 0 else {
                let number = errno
                try checkFolder(of: path)
                guard number == ENOENT, !path.lastComponent.isEmpty, !exists else {
                    throw R2FileError(path: path.description, action: "create", errno: number)
                }
                return ReplacedFile(path: path, attributes: nil)
            }
            if LocalPath.Kind(status) == .symbolicLink {
                let link = try readLink(path)
                path = link.isAbsolute ? link : LocalPath(bytes: path.folder.bytes + link.bytes)
                continue
            }
            try requireRegular(status, path)
            guard exists, status.st_ino == final.st_ino, status.st_dev == final.st_dev else {
                throw R2FileError(path: target.description, action: "replace", problem: "Its link can't be followed.")
            }
            try checkFolder(of: path, replacing: status)
            return ReplacedFile(path: path, attributes: try attributes(of: path, status))
        }
        throw R2FileError(path: target.description, action: "replace", errno: ELOOP)
    }

    private static func requireRegular(_ status: stat, _ path: LocalPath) throws {
        switch LocalPath.Kind(status) {
        case .regular: return
        case .folder:
            throw R2FileError(path: path.description, action: "replace", problem: "It is a directory.")
        default:
            throw R2FileError(
                path: path.description, action: "replace",
                problem: "It isn't a regular file: choose another path, or pass the content to a closure.")
        }
    }

    private static func attributes(of path: LocalPath, _ status: stat) throws -> Attributes {
        #if canImport(Glibc)
        let accessList = try path.withSystemPath { LinuxFunctions.accessList(of: $0) }
        #else
        let accessList: [UInt8]? = nil
        #endif
        return Attributes(
            mode: status.st_mode & 0o7777, owner: status.st_uid, group: status.st_gid, accessList: accessList)
    }

    private static func readLink(_ path: LocalPath) throws -> LocalPath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try path.withSystemPath { readlink($0, &buffer, buffer.count) }
        guard count >= 0 else { throw R2FileError(path: path.description, action: "examine", errno: errno) }
        return LocalPath(bytes: buffer[..<count].map { UInt8(bitPattern: $0) })
    }
}
#endif
