#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The dates of XML documents: `2026-01-02T03:04:05.678Z`, with any number of digits after the second, or none.
package enum ISO8601Date {
    /// Returns the date, or `nil` if the string isn't in that form.
    package static func parse(_ text: String) -> Date? {
        var fields = TextFields(text)
        guard let year = fields.number(4), fields.skip("-"), let month = fields.number(2), fields.skip("-"),
            let day = fields.number(2), fields.skip("T"), let hour = fields.number(2), fields.skip(":"),
            let minute = fields.number(2), fields.skip(":"), let second = fields.number(2)
        else { return nil }
        var fraction = 0.0
        if fields.skip(".") {
            guard let read = fields.fraction() else { return nil }
            fraction = read
        }
        guard fields.skip("Z") || fields.skip("+00:00"), fields.isAtEnd else { return nil }
        let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        return time?.instant.addingTimeInterval(fraction)
    }

    /// Returns `2026-01-02T03:04:05.000Z`, without the fraction of a second.
    ///
    /// `nil` outside the years 0 to 9999.
    package static func format(_ date: Date) -> String? {
        CivilTime(date).map { "\($0.date)T\($0.clock).000Z" }
    }
}
