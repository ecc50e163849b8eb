#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The instants of XML answers: `2026-01-02T03:04:05.678Z`, with any number of digits of a second or none.
enum ISO8601Date {
    /// The instant, or `nil` if the text is not in that form.
    static func parse(_ text: String) -> Date? {
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
        return time?.date.addingTimeInterval(fraction)
    }

    /// `2026-01-02T03:04:05.000Z`, the fraction of a second left out; `nil` outside the years 0 to 9999.
    static func format(_ date: Date) -> String? {
        guard let time = CivilTime(date) else { return nil }
        let day = "\(HTTPDate.padded(time.year, 4))-\(HTTPDate.padded(time.month, 2))-\(HTTPDate.padded(time.day, 2))"
        return "\(day)T\(HTTPDate.clock(time)).000Z"
    }
}
