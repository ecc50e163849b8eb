/// Hexadecimal digits.
package enum Hexadecimal {
    /// Returns bytes as lowercase digits, two for each byte.
    /// - Parameter bytes: The bytes to write.
    /// - Returns: A string with twice as many digits as there are bytes.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            digits.append(digit(byte >> 4))
            digits.append(digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// Reads pairs of digits.
    /// - Parameter text: Digits of either case, without a prefix or separators.
    /// - Returns: The bytes. `nil` if a character isn't a digit, or the number of digits is odd.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var rest = text.utf8.makeIterator()
        while let first = rest.next() {
            guard let high = value(of: first), let low = rest.next().flatMap(value) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// Returns the text of a UUID: lowercase digits in groups of 8, 4, 4, 4 and 12.
    ///
    /// Foundation calls `snprintf` for this and `sscanf` to read it, which take six times as long.
    /// - Parameters:
    ///   - high: The first eight bytes, in big-endian order.
    ///   - low: The last eight bytes, in big-endian order.
    /// - Returns: 36 characters.
    package static func encodeUUID(high: UInt64, low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var length = 0
            for position in 0..<32 {
                if position == 8 || position == 12 || position == 16 || position == 20 {
                    text[length] = UInt8(ascii: "-")
                    length += 1
                }
                let word = position < 16 ? high : low
                text[length] = digit(UInt8(truncatingIfNeeded: word >> UInt64(60 - position % 16 * 4)) & 15)
                length += 1
            }
            return length
        }
    }

    /// Reads the text of a UUID.
    /// - Parameter text: Digits of either case, in groups of 8, 4, 4, 4 and 12.
    /// - Returns: The first and the last eight bytes, in big-endian order. `nil` for any other string.
    package static func decodeUUID(_ text: some StringProtocol) -> (high: UInt64, low: UInt64)? {
        var (high, low) = (UInt64(0), UInt64(0))
        var length = 0
        for byte in text.utf8 {
            switch length {
            case 8, 13, 18, 23:
                guard byte == UInt8(ascii: "-") else { return nil }
            case 0..<36:
                guard let value = value(of: byte) else { return nil }
                if length < 18 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
            default: return nil
            }
            length += 1
        }
        return length == 36 ? (high, low) : nil
    }

    /// Returns the value of an ASCII digit of either case, from 0 to 15.
    /// - Parameter digit: An ASCII character.
    /// - Returns: The value. `nil` if the character isn't a hexadecimal digit.
    package static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The lowercase digit of a value from 0 to 15.
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + (value - 10)
    }
}
