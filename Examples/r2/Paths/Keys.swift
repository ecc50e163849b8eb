#if Storage
import R2Kit

/// The command's one rule for keys.
///
/// Every key and prefix is normalized to Unicode's composed form (NFC), in which R2 stores keys. A new key
/// has to be one that HTTP clients don't rewrite. An existing object's key can be any.
enum Keys {
    static let slash = UInt8(ascii: "/")

    /// Returns the key of an existing object, which can contain empty segments and control characters.
    static func existing(_ text: String) throws -> ObjectKey { try ObjectKey(unchecked: composed(text)) }

    /// Returns a key or prefix in its composed form.
    static func composed(_ text: String) throws -> String {
        var result = ""
        // Neither a slash nor a control character composes with another character, so each run stands alone.
        var run: [UInt8] = []
        func endRun() throws {
            let text = String(decoding: run, as: UTF8.self)
            let isPlain = run.allSatisfy { $0 < 0x80 }
            result += isPlain ? text : try ObjectKey(text).rawValue
            run = []
        }
        for byte in text.utf8 {
            guard byte == slash || byte < 0x20 || byte == 0x7F else {
                run.append(byte)
                continue
            }
            try endRun()
            result.unicodeScalars.append(Unicode.Scalar(byte))
        }
        try endRun()
        return result
    }

    /// Returns the bytes after the last slash of a key, which are empty if the key ends with one.
    static func lastComponent(of key: String) -> [UInt8] {
        key.utf8.split(separator: slash, omittingEmptySubsequences: false).last.map(Array.init) ?? []
    }
}
#endif
