/// Reads a text of ASCII from its beginning on, field by field.
struct TextFields {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// A number of exactly so many digits.
    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = rest.popFirst(), ASCII.isDigit(digit) else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return value
    }

    /// Whether a text comes next; passes it if so.
    mutating func skip(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }

    /// Which of some texts comes next; passes it.
    mutating func index(in texts: [String]) -> Int? { texts.firstIndex { skip($0) } }

    /// A number of one digit or more, without zeros in front.
    mutating func wholeNumber() -> Int64? {
        let digits = rest.prefix(while: ASCII.isDigit)
        guard let first = digits.first, first != UInt8(ascii: "0") || digits.count == 1 else { return nil }
        rest = rest.dropFirst(digits.count)
        return Int64(String(Substring(digits)))
    }

    /// Digits up to something else, as a fraction of one.
    mutating func fraction() -> Double? {
        var value = 0.0
        var scale = 1.0
        var count = 0
        while let digit = rest.first, ASCII.isDigit(digit) {
            rest = rest.dropFirst()
            count += 1
            // More than nanoseconds no server means.
            if count <= 9 {
                value = value * 10 + Double(digit - 48)
                scale *= 10
            }
        }
        return count > 0 ? value / scale : nil
    }
}
