import R2KitSupport
import Testing

@Suite("The calendar")
struct CivilDateTests {
    @Test(arguments: [
        (0, "1970-01-01", 4), (-1, "1969-12-31", 3), (11_016, "2000-02-29", 2), (11_017, "2000-03-01", 3),
        (47_540, "2100-02-28", 0), (47_541, "2100-03-01", 1), (-719_528, "0000-01-01", 6),
        (2_932_896, "9999-12-31", 5),
    ])
    func `counts days from 1970`(days: Int, text: String, weekday: Int) {
        let date = CivilDate(daysSinceEpoch: days)
        #expect(date.description == text)
        #expect(date.weekday == weekday)
        #expect(date.daysSinceEpoch == days)
        #expect(CivilDate(year: date.year, month: date.month, day: date.day) == date)
    }

    @Test func `has every day of 400 years once, in order`() {
        var previous = CivilDate(daysSinceEpoch: -1)
        for days in 0..<146_097 {
            let date = CivilDate(daysSinceEpoch: days)
            let isNextDay = date.day == previous.day + 1 && date.month == previous.month
            let isNextMonth = date.day == 1 && (date.month == previous.month + 1 || date.month == 1)
            #expect(isNextDay || isNextMonth, "\(date) follows \(previous)")
            previous = date
        }
        #expect(previous.description == "2369-12-31")
    }

    @Test(arguments: [
        (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 4, 31), (2026, 2, 29), (2100, 2, 29),
        (-1, 1, 1), (10_000, 1, 1), (Int.max, Int.max, Int.max),
    ])
    func `has no other days`(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func `ends with the year 9999`() {
        let years = CivilDate.fourDigitYears
        #expect(CivilDate(daysSinceEpoch: Int(years.lowerBound / 86_400)).description == "0000-01-01")
        #expect(CivilDate(daysSinceEpoch: Int(years.upperBound / 86_400)).description == "9999-12-31")
        #expect(CivilDate.signableYears == 0...years.upperBound)
    }

    @Test func `pads numbers with zeros, and divides rounding down`() {
        #expect([7.padded(to: 2), 123.padded(to: 2), 0.padded(to: 4)] == ["07", "123", "0000"])
        #expect((-1).flooredDivision(by: 7) == (-1, 6) && 8.flooredDivision(by: 7) == (1, 1))
        #expect((-7).flooredDivision(by: 7) == (-1, 0))
    }
}
