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

/// Checks that find out before a download what would fail after its last byte.
extension ReplacedFile {
    /// Throws if a file can't be created in the folder of a path, or renamed to the path.
    /// - Parameters:
    ///   - path: The path.
    ///   - status: The status of the file at the path, or `nil` if there is none.
    /// - Throws: An ``R2FileError`` with the reason.
    static func checkFolder(of path: LocalPath, replacing status: stat? = nil) throws {
        let folder = path.folder
        var folderStatus = stat()
        let isWritable = try folder.withSystemPath { access($0, W_OK | X_OK) == 0 && stat($0, &folderStatus) == 0 }
        guard isWritable else {
            throw R2FileError(folder: folder.description, action: "write to", errno: errno)
        }
        if try isFixed(folder, folderStatus, isFolder: true) {
            throw R2FileError(
                path: path.description, action: "create", problem: "No file in its folder can be renamed.")
        }
        guard let status else { return }
        // In a folder such as /tmp, users replace only their own files.
        let user = geteuid()
        let isSticky = folderStatus.st_mode & S_ISVTX != 0
        guard !isSticky || user == 0 || user == status.st_uid || user == folderStatus.st_uid else {
            throw R2FileError(
                path: path.description, action: "replace", problem: "Only its owner and its folder's owner can.")
        }
        if try isFixed(path, status, isFolder: false) {
            throw R2FileError(
                path: path.description, action: "replace", problem: "It is immutable, append-only, or a mount point.")
        }
    }

    /// Returns a Boolean value that indicates whether the system keeps a file, or the files in a folder, in place.
    private static func isFixed(_ path: LocalPath, _ status: stat, isFolder: Bool) throws -> Bool {
        #if canImport(Glibc)
        let attributes = try path.withSystemPath { LinuxFunctions.attributes(of: $0) }
        // A folder can well be a mount point.
        return !attributes.isDisjoint(with: isFolder ? [.appendOnly] : [.immutable, .appendOnly, .mountPoint])
        #elseif canImport(Darwin)
        return status.st_flags & UInt32(UF_IMMUTABLE | UF_APPEND | SF_IMMUTABLE | SF_APPEND) != 0
        #else
        return false
        #endif
    }

    /// Throws if the file system refuses the name of a new file, as vfat refuses `12:30.mp4`.
    ///
    /// A hidden name with the same characters is tried. The name itself isn't: it could become another program's file
    /// before it is removed.
    func checkName() async throws {
        let path = path
        let isPlain = path.lastComponent.allSatisfy { byte in
            "._-".utf8.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        }
        guard !isPlain else { return }
        let trial = hiddenPath(ending: Array("-".utf8) + path.lastComponent)
        try await TransferFile.onThread {
            do { try TransferFile.createAndRemove(trial) } catch let error as R2FileError {
                // The name itself was short enough.
                guard let number = error.errorNumber, number != ENAMETOOLONG else { return }
                throw R2FileError(path: path.description, action: "create", errno: number)
            }
        }
    }

    /// Returns the path of a hidden file in the same folder, with a name that no other file has.
    func hiddenPath(ending: some Sequence<UInt8>) -> LocalPath {
        let digits = String(UInt64.random(in: .min ... .max), radix: 36)
        return LocalPath(bytes: path.folder.bytes + Array(".r2-\(digits)".utf8) + Array(ending))
    }
}
#endif
