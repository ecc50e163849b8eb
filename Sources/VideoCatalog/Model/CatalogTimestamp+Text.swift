extension CatalogTimestamp: LosslessStringConvertible {
    /// The instant in UTC with six digits of fraction, such as `2026-03-01T09:30:00.000000Z`.
    public var description: String {
        let (days, time) = microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = Self.date(fromDays: days)
        let (seconds, fraction) = time.flooredDivision(by: 1_000_000)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        let calendar = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        return "\(calendar)T\(clock).\(Self.padded(fraction, 6))Z"
    }

    /// Reads an instant as ``description`` writes it; `nil` for any other text.
    ///
    /// - Parameter description: UTC, with `Z` and none or up to six digits of fraction.
    public init?(_ description: String) {
        var reader = InstantReader(bytes: Array(description.utf8)[...])
        guard let year = reader.number(4), reader.skip("-"), let month = reader.number(2), reader.skip("-"),
            let day = reader.number(2), reader.skip("T"), let hour = reader.number(2), reader.skip(":"),
            let minute = reader.number(2), reader.skip(":"), let second = reader.number(2),
            let fraction = reader.fraction(), reader.skip("Z"), reader.bytes.isEmpty,
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        // A day that the month does not have comes back as another one.
        guard Self.date(fromDays: days) == (year, month, day) else { return nil }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        let instant = CatalogTimestamp(microseconds: seconds * 1_000_000 + fraction)
        guard instant >= .first, instant <= .last else { return nil }
        self = instant
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Days since 1970 of a date in the Gregorian calendar.
    ///
    /// The year is taken to begin in March, so that the leap day is its last.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month < 3 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredDivision(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func date(fromDays days: Int64) -> (Int64, Int64, Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month < 3 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension CatalogTimestamp: Codable {
    /// Reads the text form.
    ///
    /// - Parameter decoder: Where a string is expected.
    /// - Throws: `DecodingError` for a text that is no instant between 1970 and 2099 in UTC.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = CatalogTimestamp(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "expected an instant such as 2026-03-01T09:30:00.000000Z")
        }
        self = instant
    }

    /// Writes the text form.
    ///
    /// - Parameter encoder: Takes a string.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Reads digits and marks from the front of a text.
private struct InstantReader {
    var bytes: ArraySlice<UInt8>

    mutating func number(_ width: Int) -> Int64? {
        guard bytes.count >= width else { return nil }
        var number: Int64 = 0
        for byte in bytes.prefix(width) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        bytes = bytes.dropFirst(width)
        return number
    }

    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: mark) else { return false }
        bytes = bytes.dropFirst()
        return true
    }

    /// Microseconds: none without a point, else one to six digits.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        let width = bytes.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        guard (1...6).contains(width), let digits = number(width) else { return nil }
        return (width..<6).reduce(digits) { number, _ in number * 10 }
    }
}

extension Int64 {
    /// The quotient rounded down, and what remains, which is never negative.
    fileprivate func flooredDivision(by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
