#if Storage && canImport(Glibc)
internal import Glibc

/// Functions of Linux that Swift's module of the C library leaves out.
///
/// Each is looked up while the program runs. Without it, the call fails like on a file system that doesn't support it.
enum LinuxFunctions {
    /// Attributes of a file that keep it from being replaced.
    struct Attributes: OptionSet {
        let rawValue: UInt64

        static let immutable = Self(rawValue: 0x10)
        static let appendOnly = Self(rawValue: 0x20)
        static let mountPoint = Self(rawValue: 0x2000)
    }

    private static let accessListName = "system.posix_acl_access"
    /// The maximum size of an extended attribute, in bytes.
    private static let maximumAttributeLength = 65_536

    /// Returns the attributes of a file, as far as its file system reports them.
    static func attributes(of path: UnsafePointer<CChar>) -> Attributes {
        typealias Function =
            @convention(c) (CInt, UnsafePointer<CChar>, CInt, CUnsignedInt, UnsafeMutableRawPointer) -> CInt
        // `struct statx` has 256 bytes, the second eight of which are the attributes.
        var status = [UInt64](repeating: 0, count: 32)
        guard let statx = function("statx", as: Function.self),
            statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, 0, &status) == 0
        else { return [] }
        return Attributes(rawValue: status[1])
    }

    /// Renames a file, unless the new name exists.
    static func renameExclusively(_ old: UnsafePointer<CChar>, _ new: UnsafePointer<CChar>) -> CInt {
        typealias Function =
            @convention(c) (CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt) -> CInt
        let noReplacement: CUnsignedInt = 1
        return function("renameat2", as: Function.self)?(AT_FDCWD, old, AT_FDCWD, new, noReplacement) ?? unsupported()
    }

    /// Reserves space for an open file without changing its size.
    static func reserve(_ length: Int64, for descriptor: CInt) -> CInt {
        typealias Function = @convention(c) (CInt, CInt, Int64, Int64) -> CInt
        let keepSize: CInt = 1
        return function("fallocate64", as: Function.self)?(descriptor, keepSize, 0, length) ?? unsupported()
    }

    /// Returns a file's POSIX access list, or `nil` if it has none beyond its mode.
    static func accessList(of path: UnsafePointer<CChar>) -> [UInt8]? {
        typealias Function =
            @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer, Int) -> Int
        var list = [UInt8](repeating: 0, count: maximumAttributeLength)
        let count = function("getxattr", as: Function.self)?(path, accessListName, &list, list.count) ?? -1
        return count > 0 ? Array(list[..<count]) : nil
    }

    /// Gives an open file a POSIX access list, or removes its own one.
    static func setAccessList(_ list: [UInt8]?, of descriptor: CInt) -> CInt {
        typealias Setter = @convention(c) (CInt, UnsafePointer<CChar>, UnsafeRawPointer, Int, CInt) -> CInt
        typealias Remover = @convention(c) (CInt, UnsafePointer<CChar>) -> CInt
        guard let list else {
            return function("fremovexattr", as: Remover.self)?(descriptor, accessListName) ?? unsupported()
        }
        return function("fsetxattr", as: Setter.self)?(descriptor, accessListName, list, list.count, 0) ?? unsupported()
    }

    private static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        // Safe: the types above are those of the C library's declarations, and a C function pointer has the size of a
        // pointer.
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }

    private static func unsupported() -> CInt {
        errno = ENOSYS
        return -1
    }
}
#endif
