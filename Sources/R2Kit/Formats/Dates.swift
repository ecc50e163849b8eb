internal import R2KitSupport

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The dates of HTTP headers, in the three forms of RFC 9110 section 5.6.7.
///
/// A date with the wrong weekday isn't valid.
package enum HTTPDate {
    /// Returns the date, or `nil` if the string is in none of the forms.
    package static func parse(_ text: String) -> Date? {
        fixed(TextFields(text)) ?? obsolete(TextFields(text)) ?? asctime(TextFields(text))
    }

    /// Returns `Fri, 02 Jan 2026 03:04:05 GMT`, without the fraction of a second.
    ///
    /// `nil` outside the years 0 to 9999.
    package static func format(_ date: Date) -> String? {
        guard let time = CivilTime(date) else { return nil }
        let (date, weekday) = (time.date, weekdays[time.date.weekday].prefix(3))
        let day = "\(date.day.padded(to: 2)) \(months[date.month - 1]) \(date.year.padded(to: 4))"
        return "\(weekday), \(day) \(time.clock) GMT"
    }

    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let shortWeekdays = weekdays.map { String($0.prefix(3)) }
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `Fri, 02 Jan 2026 03:04:05 GMT`.
    private static func fixed(_ fields: TextFields) -> Date? {
        var fields = fields
        guard let weekday = fields.index(in: shortWeekdays), fields.skip(", "), let day = fields.number(2),
            fields.skip(" "), let month = fields.index(in: months), fields.skip(" "), let year = fields.number(4),
            fields.skip(" "), let (hour, minute, second) = clock(&fields), fields.skip(" GMT"), fields.isAtEnd
        else { return nil }
        return date(year, month, day, hour, minute, second, weekday)
    }

    /// `Friday, 02-Jan-26 03:04:05 GMT`.
    ///
    /// The weekday determines the century.
    private static func obsolete(_ fields: TextFields) -> Date? {
        var fields = fields
        guard let weekday = fields.index(in: weekdays), fields.skip(", "), let day = fields.number(2), fields.skip("-"),
            let month = fields.index(in: months), fields.skip("-"), let year = fields.number(2), fields.skip(" "),
            let (hour, minute, second) = clock(&fields), fields.skip(" GMT"), fields.isAtEnd
        else { return nil }
        return date(2000 + year, month, day, hour, minute, second, weekday)
            ?? date(1900 + year, month, day, hour, minute, second, weekday)
    }

    /// `Fri Jan  2 03:04:05 2026`.
    private static func asctime(_ fields: TextFields) -> Date? {
        var fields = fields
        guard let weekday = fields.index(in: shortWeekdays), fields.skip(" "), let month = fields.index(in: months),
            fields.skip(" "), let day = fields.skip(" ") ? fields.number(1) : fields.number(2), fields.skip(" "),
            let (hour, minute, second) = clock(&fields), fields.skip(" "), let year = fields.number(4), fields.isAtEnd
        else { return nil }
        return date(year, month, day, hour, minute, second, weekday)
    }

    private static func clock(_ fields: inout TextFields) -> (Int, Int, Int)? {
        guard let hour = fields.number(2), fields.skip(":"), let minute = fields.number(2), fields.skip(":"),
            let second = fields.number(2)
        else { return nil }
        return (hour, minute, second)
    }

    private static func date(
        _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int, _ weekday: Int
    ) -> Date? {
        let time = CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)
        return time.flatMap { $0.date.weekday == weekday ? $0.foundationDate : nil }
    }
}

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

/// A day in the Gregorian calendar and a time of day, in UTC.
struct CivilTime: Hashable {
    let date: CivilDate
    let hour: Int
    let minute: Int
    let second: Int

    /// Creates a time from checked parts.
    ///
    /// A leap second counts as the second after it.
    init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard let date = CivilDate(year: year, month: month, day: day), (0...23).contains(hour),
            (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        self.date = date
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Creates the time of a date, without its fraction of a second.
    ///
    /// `nil` outside the years 0 to 9999.
    init?(_ date: Date) {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let range = CivilDate.fourDigitYears
        guard seconds >= Double(range.lowerBound), seconds <= Double(range.upperBound) else { return nil }
        let (days, time) = Int(seconds).flooredDivision(by: 86_400)
        self.date = CivilDate(daysSinceEpoch: days)
        (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
    }

    /// The date as a value of Foundation.
    var foundationDate: Date {
        Date(timeIntervalSince1970: Double(date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second))
    }

    /// The time of day, such as `03:04:05`.
    var clock: String { "\(hour.padded(to: 2)):\(minute.padded(to: 2)):\(second.padded(to: 2))" }
}
