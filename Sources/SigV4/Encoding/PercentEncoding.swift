/// Percent-encoding as Signature Version 4 defines it.
///
/// Letters, digits, `-`, `.`, `_` and `~` stay as they are, everything else becomes `%` and two upper-case hexadecimal
/// digits, byte by byte of the text's UTF-8. A space is `%20`, never `+`.
///
/// Source: RFC 3986 section 2.3, and "Create a signed AWS API request" in the AWS IAM user guide.
public enum PercentEncoding {
    /// Encodes a name or a value of a query parameter: `/` becomes `%2F`.
    public static func encode(_ text: String) -> String {
        encoded(text, keepingSlashes: false)
    }

    /// Encodes a path whose segments are not encoded yet: `/` stays as it is.
    public static func encodePath(_ path: String) -> String {
        encoded(path, keepingSlashes: true)
    }

    private static func encoded(_ text: String, keepingSlashes: Bool) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        bytes.appendPercentEncoded(text, keepingSlashes: keepingSlashes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Undoes the encoding; `nil` if a `%` is not followed by two hexadecimal digits, or the bytes are no UTF-8.
    ///
    /// A `+` stays a `+`.
    public static func decode(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte != UInt8(ascii: "%") {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexValue), let low = rest.popFirst().flatMap(hexValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }

    /// What becomes of each byte: `2` stays, `1` is the slash, `0` is encoded.
    ///
    /// One line for every 64 values.
    private static let table: StaticString = """
        0000000000000000000000000000000000000000000002212222222222000000\
        0222222222222222222222222220000202222222222222222222222222200020\
        0000000000000000000000000000000000000000000000000000000000000000\
        0000000000000000000000000000000000000000000000000000000000000000
        """

    /// Whether a byte stands for itself: a letter, a digit, one of `-._~`, or a slash where slashes are kept.
    @inline(__always)
    static func keeps(_ byte: UInt8, slashes: Bool) -> Bool {
        // The table has a place for each of the 256 values that a byte can have.
        table.utf8Start[Int(byte)] >= (slashes ? UInt8(ascii: "1") : UInt8(ascii: "2"))
    }

    /// Where the bytes end that stand for themselves, from `start` on.
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

    /// Whether eight bytes are letters, digits, `-`, `.` or `/`, looked at all at once: nearly all of a usual path is.
    @inline(__always)
    private static func areLettersDigitsOrMarks(eight bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let lowered = word | (ones &* 0x20)
        // Adding to bytes below 128 does not carry: the top bit of each says whether it is at least, or above, a bound.
        // Bytes from 128 on would spoil that, and are looked at as well.
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
