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

/// A path of the file system, as the bytes that the system uses.
///
/// On Linux, a path is any bytes without a zero byte. They don't have to be UTF-8.
package struct LocalPath: Sendable, Hashable {
    /// The bytes of the path.
    package let bytes: [UInt8]

    package init(_ path: String) { bytes = Array(path.utf8) }

    package init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    private static let slash = UInt8(ascii: "/")

    /// The path as a string, or `nil` if it isn't UTF-8.
    package var exactString: String? {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.utf8.elementsEqual(bytes) ? text : nil
    }

    package var isAbsolute: Bool { bytes.first == Self.slash }

    /// The part after the last slash, which is empty if the path ends with one.
    package var lastComponent: [UInt8] {
        bytes.split(separator: Self.slash, omittingEmptySubsequences: false).last.map(Array.init) ?? []
    }

    /// The path up to and including its last slash, or `./` without one.
    package var folder: LocalPath {
        guard let last = bytes.lastIndex(of: Self.slash) else { return LocalPath("./") }
        return LocalPath(bytes: bytes[...last])
    }

    /// Returns the path of a file in this folder.
    package func appending(_ name: some Sequence<UInt8>) -> LocalPath {
        LocalPath(bytes: bytes + (bytes.last == Self.slash ? [] : [Self.slash]) + Array(name))
    }

    /// Returns the path followed by an ending such as `.part`.
    package func with(ending: String) -> LocalPath { LocalPath(bytes: bytes + Array(ending.utf8)) }

    /// Returns the result of a system call with the path.
    /// - Throws: An ``R2FileError`` if the path contains a zero byte, which would end it early.
    package func withSystemPath<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) throws -> Result {
        guard !bytes.contains(0) else {
            throw R2FileError(path: description, action: "open", problem: "The path contains a zero byte.")
        }
        return try (bytes + [0]).withUnsafeBufferPointer { bytes in
            // The buffer is never empty, because it ends with a zero byte.
            guard let start = bytes.baseAddress else {
                throw R2FileError(path: "", action: "open", problem: "The path is empty.")
            }
            return try start.withMemoryRebound(to: CChar.self, capacity: bytes.count, body)
        }
    }

    /// Returns the path as a string, in which a replacement stands for each byte that isn't part of UTF-8.
    /// - Parameters:
    ///   - isReplaced: Selects characters whose bytes are replaced, too.
    ///   - replacement: Returns the replacement of a byte.
    /// - Returns: The string.
    package func string(
        replacing isReplaced: (Unicode.Scalar) -> Bool = { _ in false }, with replacement: (UInt8) -> String
    ) -> String {
        var text = ""
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var position = 0
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                let scalar = Unicode.UTF8.decode(encoded)
                if isReplaced(scalar) {
                    for byte in encoded { text += replacement(byte) }
                } else {
                    text.unicodeScalars.append(scalar)
                }
                position += encoded.count
            case .error(let length):
                for byte in bytes[position..<position + length] { text += replacement(byte) }
                position += length
            case .emptyInput: return text
            }
        }
    }
}

extension LocalPath: CustomStringConvertible {
    /// The path for messages, with `\x` and two digits for each byte that isn't part of UTF-8.
    package var description: String {
        string { byte in "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    }
}

extension LocalPath {
    /// The kinds of files that a transfer distinguishes.
    package enum Kind: Sendable {
        case regular, folder, symbolicLink, other

        init(_ status: stat) {
            switch status.st_mode & S_IFMT {
            case S_IFREG: self = .regular
            case S_IFDIR: self = .folder
            case S_IFLNK: self = .symbolicLink
            default: self = .other
            }
        }
    }

    /// Returns the kind of the file at the path.
    /// - Parameter followsLinks: A Boolean value that indicates whether the result is about the target of a link.
    /// - Returns: The kind, or `nil` if there is no such file.
    /// - Throws: An ``R2FileError`` if it can't be found out.
    package func kind(followsLinks: Bool = true) throws -> Kind? {
        var status = stat()
        let result = try withSystemPath { followsLinks ? stat($0, &status) : lstat($0, &status) }
        guard result != 0 else { return Kind(status) }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw R2FileError(path: description, action: "examine", errno: errno)
        }
        return nil
    }
}
#endif
