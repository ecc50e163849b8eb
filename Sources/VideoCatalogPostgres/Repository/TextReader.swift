internal import R2KitSupport
internal import VideoCatalog

/// Parses values in PostgreSQL's text format.
struct TextReader {
    private var bytes: UnsafeRawBufferPointer.SubSequence

    init(_ cell: UnsafeRawBufferPointer) { bytes = cell[...] }

    /// Parses a `timestamptz` in the `DateStyle` ISO, such as `2026-03-01 15:00:00.000001+05:30`.
    ///
    /// - Returns: `nil` for any other text, `infinity` among them.
    mutating func timestamp() -> CatalogTimestamp? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2), skip(" "),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2),
            let fraction = fraction(), let offset = offset(), bytes.isEmpty,
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second - offset
        return CatalogTimestamp(microseconds: Int64(seconds) * 1_000_000 + Int64(fraction))
    }

    /// Parses a one-dimensional array, such as `{a,"b c",NULL}`.
    ///
    /// - Returns: `nil` for NULL elements and for other dimensions.
    mutating func array() -> [String]? {
        guard skip("{") else { return nil }
        if skip("}") { return bytes.isEmpty ? [] : nil }
        var elements = [String]()
        repeat {
            guard let element = element() else { return nil }
            elements.append(element)
        } while skip(",")
        return skip("}") && bytes.isEmpty ? elements : nil
    }

    private mutating func element() -> String? {
        if skip("\"") {
            var element = [UInt8]()
            while let byte = bytes.popFirst() {
                if byte == UInt8(ascii: "\"") { return String(decoding: element, as: UTF8.self) }
                guard byte == UInt8(ascii: "\\") else {
                    element.append(byte)
                    continue
                }
                guard let escaped = bytes.popFirst() else { return nil }
                element.append(escaped)
            }
            return nil
        }
        let end = bytes.firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? bytes.endIndex
        let element = String(decoding: bytes[..<end], as: UTF8.self)
        bytes = bytes[end...]
        // A nested array starts with a brace. NULL without quotes is no string.
        return element.isEmpty || element.hasPrefix("{") || element.uppercased() == "NULL" ? nil : element
    }

    private mutating func number(_ width: Int) -> Int? {
        guard bytes.count >= width else { return nil }
        var number = 0
        for byte in bytes.prefix(width) {
            guard let digit = Self.digit(byte) else { return nil }
            number = number * 10 + digit
        }
        bytes = bytes.dropFirst(width)
        return number
    }

    /// Parses the microseconds, of which PostgreSQL omits trailing zeros.
    private mutating func fraction() -> Int? {
        guard skip(".") else { return 0 }
        let width = bytes.prefix { Self.digit($0) != nil }.count
        guard (1...6).contains(width), let digits = number(width) else { return nil }
        return (width..<6).reduce(digits) { number, _ in number * 10 }
    }

    /// Parses the offset from UTC, such as `+00`, `-03:30` or `+00:53:28`, in seconds.
    private mutating func offset() -> Int? {
        guard bytes.first == UInt8(ascii: "+") || bytes.first == UInt8(ascii: "-"), let sign = bytes.popFirst(),
            let hours = number(2)
        else { return nil }
        var seconds = hours * 3600
        if skip(":") {
            guard let minutes = number(2) else { return nil }
            seconds += minutes * 60
        }
        if skip(":") {
            guard let rest = number(2) else { return nil }
            seconds += rest
        }
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
