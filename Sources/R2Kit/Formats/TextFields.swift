/// Reads an ASCII string from its start, field by field.
struct TextFields {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    /// Reads a number with an exact number of digits.
    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Skips a string if it comes next, and returns whether it did.
    mutating func skip(_ text: String) -> Bool {
        var end = position
        for byte in text.utf8 {
            guard end < bytes.count, bytes[end] == byte else { return false }
            end += 1
        }
        position = end
        return true
    }

    /// Skips one of some strings, and returns its index.
    mutating func index(in texts: [String]) -> Int? { texts.firstIndex { skip($0) } }

    /// Reads a number of one digit or more, without leading zeros.
    mutating func wholeNumber() -> Int64? {
        let first = position
        while digit() != nil {}
        guard position > first, bytes[first] != UInt8(ascii: "0") || position == first + 1 else { return nil }
        return Int64(String(decoding: bytes[first..<position], as: UTF8.self))
    }

    /// Reads all digits that come next as a fraction of one.
    mutating func fraction() -> Double? {
        var value = 0.0
        var scale = 1.0
        var count = 0
        while let digit = digit() {
            count += 1
            // No server means more than nanoseconds.
            if count <= 9 {
                value = value * 10 + Double(digit)
                scale *= 10
            }
        }
        return count > 0 ? value / scale : nil
    }

    private mutating func digit() -> Int? {
        guard position < bytes.count, ASCII.isDigit(bytes[position]) else { return nil }
        defer { position += 1 }
        return Int(bytes[position] - 48)
    }
}
