internal import R2KitSupport

/// Percent-encoding as Signature Version 4 defines it.
///
/// Letters, digits, `-`, `.`, `_` and `~` stay as they are. Every other byte of the string's UTF-8 becomes `%` and two
/// uppercase hexadecimal digits. A space becomes `%20`, never `+`.
///
/// Source: RFC 3986 section 2.3, and "Create a signed AWS API request" in the AWS IAM user guide.
public enum PercentEncoding {
    /// Returns the encoded name or value of a query parameter.
    ///
    /// `/` becomes `%2F`.
    /// - Parameter text: The string to encode.
    /// - Returns: The encoded string.
    public static func encode(_ text: String) -> String {
        encoded(text, keepingSlashes: false)
    }

    /// Returns the encoded form of a path whose segments aren't encoded yet.
    ///
    /// `/` stays as it is.
    /// - Parameter path: The path to encode.
    /// - Returns: The encoded path.
    public static func encodePath(_ path: String) -> String {
        encoded(path, keepingSlashes: true)
    }

    /// Returns the encoded name or value of a query parameter whose bytes may not be UTF-8.
    package static func encode(bytes: [UInt8]) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(bytes.count)
        bytes.withUnsafeBufferPointer { encoded.appendPercentEncoded($0, keepingSlashes: false) }
        return encoded
    }

    private static func encoded(_ text: String, keepingSlashes: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        bytes.appendPercentEncoded(text, keepingSlashes: keepingSlashes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Returns a string without its encoding.
    ///
    /// A `+` stays a `+`.
    /// - Parameter text: The encoded string.
    /// - Returns: The decoded string. `nil` if a `%` isn't followed by two hexadecimal digits, or the decoded bytes
    ///   aren't valid UTF-8.
    public static func decode(_ text: String) -> String? {
        PercentDecoding.decode(text)
    }

    /// A character for each byte: `2` if it stays, `1` for the slash, `0` if it's encoded.
    ///
    /// Each line has 64 values.
    private static let table: StaticString = """
        0000000000000000000000000000000000000000000002212222222222000000\
        0222222222222222222222222220000202222222222222222222222222200020\
        0000000000000000000000000000000000000000000000000000000000000000\
        0000000000000000000000000000000000000000000000000000000000000000
        """

    /// Returns whether a byte stays as it is: a letter, a digit, one of `-._~`, or a slash where slashes are kept.
    @inline(__always)
    static func keeps(_ byte: UInt8, slashes: Bool) -> Bool {
        // The table has an entry for each of the 256 values of a byte.
        table.utf8Start[Int(byte)] >= (slashes ? UInt8(ascii: "1") : UInt8(ascii: "2"))
    }

    /// Returns the end of the bytes from `start` that stay as they are.
    @inline(__always)
    static func endOfRun(in bytes: UnsafeBufferPointer<UInt8>, from start: Int, slashes: Bool) -> Int {
        var index = start
        while index < bytes.count {
            if slashes, index <= bytes.count - 8, areLettersDigitsOrMarks(eight: bytes, at: index) {
                index &+= 8
            } else {
                guard keeps(bytes[index], slashes: slashes) else { return index }
                index &+= 1
            }
        }
        return index
    }

    /// Returns whether eight bytes are letters, digits, `-`, `.` or `/`, as nearly all of a usual path is, at once.
    @inline(__always)
    private static func areLettersDigitsOrMarks(eight bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let lowered = word | (ones &* 0x20)
        // Adding to bytes below 128 doesn't carry: the top bit of each tells whether it's at least, or above, a bound.
        // Bytes from 128 on would carry, and are checked as well.
        let fromHyphen = (word &+ (ones &* (0x80 - 0x2D))) & ~(word &+ (ones &* (0x7F - 0x39)))  // - . / 0-9
        let letters = (lowered &+ (ones &* (0x80 - 0x61))) & ~(lowered &+ (ones &* (0x7F - 0x7A)))
        return word & tops == 0 && (fromHyphen | letters) & tops == tops
    }

    @inline(__always)
    static func upperHexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? 48 + nibble : 55 + nibble
    }
}

extension ByteSink {
    @inline(__always)
    mutating func appendPercentEncoded(_ text: String, keepingSlashes: Bool = false) {
        text.withUTF8Bytes { appendPercentEncoded($0, keepingSlashes: keepingSlashes) }
    }

    mutating func appendPercentEncoded(_ bytes: UnsafeBufferPointer<UInt8>, keepingSlashes: Bool) {
        var index = 0
        while true {
            let end = PercentEncoding.endOfRun(in: bytes, from: index, slashes: keepingSlashes)
            append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end]))
            guard end < bytes.count else { return }
            append(UInt8(ascii: "%"))
            append(PercentEncoding.upperHexDigit(bytes[end] >> 4))
            append(PercentEncoding.upperHexDigit(bytes[end] & 15))
            index = end + 1
        }
    }
}

extension String {
    /// Calls a closure with the string's UTF-8, without a copy for strings that are stored as UTF-8, as all native ones
    /// are.
    @inline(__always)
    func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var native = self
        return native.withUTF8(body)
    }
}
