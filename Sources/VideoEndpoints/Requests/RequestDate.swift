#if Delivery
#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A date and time in a query, in the form of RFC 3339.
///
/// JavaScript writes three decimal places, and other programs write an offset from UTC.
enum RequestDate {
    /// The form, as problems describe it.
    static let form = "a date and time such as 2026-03-01T09:30:00Z"

    /// Returns the date that a string describes, or `nil` if it isn't valid.
    static func date(_ text: String) -> Date? {
        var reader = Reader(rest: text.utf8[...])
        guard let year = reader.number(4), reader.skip("-") != nil, let month = reader.number(2),
            reader.skip("-") != nil, let day = reader.number(2), reader.skip("Tt") != nil,
            let hour = reader.number(2), reader.skip(":") != nil, let minute = reader.number(2),
            reader.skip(":") != nil, let second = reader.number(2), let fraction = reader.fraction(),
            let offset = reader.offset(), reader.rest.isEmpty,
            (1...12).contains(month), (1...length(ofMonth: month, in: year)).contains(day),
            // RFC 3339 has leap seconds.
            hour < 24, minute < 60, second <= 60
        else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Date(timeIntervalSince1970: Double(seconds) + fraction)
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days from 1970-01-01, counted from the first of March so that a leap day is the last of its year.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let years = month > 2 ? year : year - 1
        let months = month > 2 ? month - 3 : month + 9
        let leapDays = floor(years, 4) - floor(years, 100) + floor(years, 400)
        return years * 365 + leapDays + (153 * months + 2) / 5 + day - 719_469
    }

    /// The year before the year 0 is negative.
    private static func floor(_ number: Int, _ divisor: Int) -> Int {
        number >= 0 ? number / divisor : -((divisor - 1 - number) / divisor)
    }

    /// A reader of digits and separators from the front of a string.
    private struct Reader {
        var rest: Substring.UTF8View

        mutating func number(_ digits: Int) -> Int? {
            var value = 0
            for _ in 0..<digits {
                guard let digit = digit() else { return nil }
                value = value * 10 + digit
            }
            return value
        }

        /// Reads one of several characters.
        mutating func skip(_ characters: String) -> UInt8? {
            guard let first = rest.first, characters.utf8.contains(first) else { return nil }
            rest.removeFirst()
            return first
        }

        /// Reads decimal places, if there are any.
        mutating func fraction() -> Double? {
            guard skip(".") != nil else { return 0 }
            guard let first = digit() else { return nil }
            var (value, place) = (Double(first) / 10, 0.01)
            while let digit = digit() {
                value += Double(digit) * place
                place /= 10
            }
            return value
        }

        /// Reads the offset from UTC, in seconds.
        mutating func offset() -> Int? {
            guard let sign = skip("Zz+-") else { return nil }
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return 0 }
            guard let hours = number(2), skip(":") != nil, let minutes = number(2), hours < 24, minutes < 60 else {
                return nil
            }
            return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60)
        }

        private mutating func digit() -> Int? {
            guard let first = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return nil }
            rest.removeFirst()
            return Int(first - UInt8(ascii: "0"))
        }
    }
}
#endif
