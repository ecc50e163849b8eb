internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

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
