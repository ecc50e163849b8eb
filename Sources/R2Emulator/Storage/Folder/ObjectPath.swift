#if Emulator
internal import R2KitSupport

/// The file names of keys.
///
/// Every key has names of its own on every file system, also on one that ignores case or changes Unicode forms:
///
/// * The segments of a key, between its slashes, are directories, and the last is the start of the files' names.
/// * Lowercase letters, digits, `-`, `_` and `.` stand for themselves, except for a `.` at the start of a segment.
/// * An uppercase letter is written as `^` and the lowercase letter.
/// * Any other byte of the key's UTF-8 is written as `%` and two hexadecimal digits, and an empty segment as `%`.
/// * A segment longer than 180 characters continues in a subdirectory. The directory's name then ends in `%-`.
///
/// So no name is `.` or `..`, and none contains a slash, a NUL or a `+`, which marks the emulator's own files.
enum ObjectPath {
    private static let maximumName = 180

    /// Returns the names of the directories, and the start of the files' names.
    static func names(of key: String) -> (directories: [String], name: String) {
        var directories: [String] = []
        var name = ""
        let segments = Normalization.nfc(key).utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            var pieces = pieces(of: Array(segment))
            name = pieces.removeLast()
            directories += pieces.map { "\($0)%-" }
            if index < segments.count - 1 { directories.append(name) }
        }
        return (directories, name)
    }

    private static func pieces(of segment: [UInt8]) -> [String] {
        guard !segment.isEmpty else { return ["%"] }
        var pieces = [""]
        for (index, byte) in segment.enumerated() {
            let written = written(byte, isFirst: index == 0)
            if pieces[pieces.count - 1].utf8.count + written.utf8.count > maximumName { pieces.append("") }
            pieces[pieces.count - 1] += written
        }
        return pieces
    }

    private static func written(_ byte: UInt8, isFirst: Bool) -> String {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            String(UnicodeScalar(byte))
        case UInt8(ascii: ".") where !isFirst: "."
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): "^" + String(UnicodeScalar(byte + 32))
        default: "%" + Hexadecimal.encode([byte])
        }
    }
}
#endif
