#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Dates such as `2026-01-02T03:04:05.678Z`, with any number of digits after the second, or none.
package enum ISO8601Date {
    /// Returns the date of an XML document, which is in UTC, or `nil` if the string isn't in that form.
    package static func parse(_ text: String) -> Date? {
        parse(text, separators: ["T"]) { fields in fields.skip("Z") || fields.skip("+00:00") ? 0 : nil }
    }

    /// Returns the date in a form of RFC 3339, which allows any offset from UTC and small letters, or `nil` if the
    /// string isn't in such a form.
    package static func parseRFC3339(_ text: String) -> Date? {
        parse(text, separators: ["T", "t"]) { fields in
            if fields.index(in: ["Z", "z"]) != nil { return 0 }
            guard let sign = fields.index(in: ["+", "-"]), let hours = fields.number(2), fields.skip(":"),
                let minutes = fields.number(2), hours < 24, minutes < 60
            else { return nil }
            return (sign == 0 ? 1 : -1) * (hours * 3600 + minutes * 60)
        }
    }

    /// Returns the date in one of the forms.
    /// - Parameters:
    ///   - text: The string.
    ///   - separators: The strings that can stand between the day and the time.
    ///   - offset: A function that reads the offset from UTC, in seconds.
    /// - Returns: The date, or `nil` if the string isn't in that form.
    private static func parse(
        _ text: String, separators: [String], offset: (inout TextFields) -> Int?
    ) -> Date? {
        var fields = TextFields(text)
        guard let year = fields.number(4), fields.skip("-"), let month = fields.number(2), fields.skip("-"),
            let day = fields.number(2), fields.index(in: separators) != nil, let hour = fields.number(2),
            fields.skip(":"), let minute = fields.number(2), fields.skip(":"), let second = fields.number(2)
        else { return nil }
        var fraction = 0.0
        if fields.skip(".") {
            guard let read = fields.fraction() else { return nil }
            fraction = read
        }
        guard let offset = offset(&fields), fields.isAtEnd else { return nil }
        let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        return time?.foundationDate.addingTimeInterval(fraction - Double(offset))
    }

    /// Returns `2026-01-02T03:04:05.000Z`, without the fraction of a second.
    ///
    /// `nil` outside the years 0 to 9999.
    package static func format(_ date: Date) -> String? {
        CivilTime(date).map { "\($0.date)T\($0.clock).000Z" }
    }
}
