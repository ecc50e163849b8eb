/// A day in the proleptic Gregorian calendar.
///
/// The arithmetic counts years from March 1, so that a leap day is the last day of its year. The month then follows
/// from the day of the year by a straight line, since every five months have 153 days.
package struct CivilDate: Sendable, Hashable {
    /// The year.
    package let year: Int
    /// The month, from 1 to 12.
    package let month: Int
    /// The day of the month, from 1 to 31.
    package let day: Int

    /// The Unix times of the years that four digits can name, 0 to 9999.
    package static let fourDigitYears: ClosedRange<Int64> = -62_167_219_200...lastSecond
    /// The Unix times of the years 1970 to 9999.
    package static let signableYears: ClosedRange<Int64> = 0...lastSecond
    /// 9999-12-31T23:59:59Z.
    private static let lastSecond: Int64 = 253_402_300_799

    /// The days from 0000-03-01 to 1970-01-01.
    private static let epoch = 719_468
    /// The days of 400 years, after which the calendar repeats.
    private static let daysOfEra = 146_097

    /// Creates a date in the years 0 to 9999, or returns `nil` if no such day exists.
    /// - Parameters:
    ///   - year: The year.
    ///   - month: The month, from 1 to 12.
    ///   - day: The day of the month, from 1.
    package init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Creates a date from a number of days.
    /// - Parameter days: The days since 1970-01-01, negative before it. At most 10¹⁵, so that nothing overflows.
    package init(daysSinceEpoch days: Int) {
        let (era, dayOfEra) = (days + Self.epoch).flooredDivision(by: Self.daysOfEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The days since 1970-01-01, negative before it.
    package var daysSinceEpoch: Int {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).flooredDivision(by: 400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return era * Self.daysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.epoch
    }

    /// The day of the week, from 0 for Sunday to 6 for Saturday.
    package var weekday: Int { (daysSinceEpoch + 4).flooredDivision(by: 7).remainder }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CivilDate: CustomStringConvertible {
    /// The date in ISO 8601, such as `2026-03-01`.
    package var description: String { "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))" }
}

extension FixedWidthInteger {
    /// Divides, rounding the quotient down, so that the remainder is never negative.
    /// - Parameter divisor: A number above zero.
    /// - Returns: The quotient and the remainder, from 0 to `divisor - 1`.
    package func flooredDivision(by divisor: Self) -> (quotient: Self, remainder: Self) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// Returns the decimal digits of a number, with leading zeros up to a width.
    /// - Parameter width: The minimum number of characters.
    /// - Returns: The digits.
    package func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.utf8.count)) + digits
    }
}
