/// Predicates on the bytes of a string.
enum ASCII {
    static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    static func isLowerLetter(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
    static func isLetter(_ byte: UInt8) -> Bool { isLowerLetter(byte | 0x20) }
    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (97...102).contains(byte | 0x20) }
    /// From space to `~`.
    static func isPrintable(_ byte: UInt8) -> Bool { (32...126).contains(byte) }
    /// From `!` to `~`.
    static func isVisible(_ byte: UInt8) -> Bool { (33...126).contains(byte) }
    static func isControl(_ byte: UInt8) -> Bool { byte < 32 || byte == 127 }

    /// Returns a string with `A` to `Z` in lower case, and every other byte as it is.
    static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (65...90).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// Reads a whole number in digits alone, without a sign, spaces or separators.
    static func wholeNumber(_ text: String) -> Int? {
        text.utf8.allSatisfy(isDigit) ? Int(text) : nil
    }
}
