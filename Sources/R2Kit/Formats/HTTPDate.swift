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
