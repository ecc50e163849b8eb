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
