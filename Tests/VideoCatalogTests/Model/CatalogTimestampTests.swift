import TestSupport
import Testing
import VideoCatalog

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("An instant of the catalog")
struct CatalogTimestampTests {
    @Test func `comes back from a Date and from its text, over the whole range`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        let last = CatalogTimestamp.last.microseconds
        let edges = [0, 1, 999_999, 1_000_000, 978_307_199_999_999, 978_307_200_000_000, last - 1, last]
        for microseconds in edges + (0..<5000).map({ _ in Int64.random(in: 0...last, using: &generator) }) {
            let instant = CatalogTimestamp(microseconds: microseconds)
            try #require(CatalogTimestamp(instant.date) == instant, "\(microseconds), seed \(seed)")
            try #require(RepositorySupport.rounded(instant.date) == instant.date, "\(microseconds), seed \(seed)")
            try #require(CatalogTimestamp(instant.description) == instant, "\(microseconds), seed \(seed)")
        }
    }

    @Test(arguments: [Int64.min, .min + 1, -1, CatalogTimestamp.last.microseconds + 1, .max])
    func `out of the range is still a Date and a text`(_ microseconds: Int64) {
        let instant = CatalogTimestamp(microseconds: microseconds)
        #expect(CatalogTimestamp(instant.date) == nil)
        #expect(CatalogTimestamp(instant.description) == nil)
    }

    @Test func `differs from its neighbours as a Date`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5000 {
            let microseconds = Int64.random(in: 0..<CatalogTimestamp.last.microseconds, using: &generator)
            let (first, second) = (
                CatalogTimestamp(microseconds: microseconds), CatalogTimestamp(microseconds: microseconds + 1)
            )
            try #require(first < second && first.date < second.date, "\(microseconds), seed \(seed)")
        }
    }

    @Test func `has the date of the Gregorian calendar on every day`() throws {
        var day: Int64 = 0
        for year in 1970...2099 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for number in 1...length {
                    let text = CatalogTimestamp(microseconds: day * 86_400_000_000).description
                    let expected = "\(year)-\(month < 9 ? "0" : "")\(month + 1)-\(number < 10 ? "0" : "")\(number)"
                    try #require(text.utf8.elementsEqual("\(expected)T00:00:00.000000Z".utf8))
                    day += 1
                }
            }
        }
        #expect(CatalogTimestamp.last.microseconds == day * 86_400_000_000 - 1)
        #expect("\(CatalogTimestamp.last)" == "2099-12-31T23:59:59.999999Z")
    }

    @Test(
        arguments: [
            ("2024-02-29T23:59:59.999999Z", 1_709_251_199_999_999), ("2000-02-29T00:00:00Z", 951_782_400_000_000),
            ("1970-01-01T00:00:00.000001Z", 1), ("2026-03-01T09:30:00.5Z", 1_772_357_400_500_000),
            ("2026-03-01T09:30:00.123Z", 1_772_357_400_123_000),
        ] as [(String, Int64)])
    func `is read from its text`(text: String, microseconds: Int64) {
        #expect(CatalogTimestamp(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T09:30:00", "2026-03-01T09:30:00.Z", "2026-03-01T09:30:00.1234567Z",
        "2026-03-01T09:30:00+00:00", "2026-03-01t09:30:00z", "2026-03-01 09:30:00Z", "2026-02-29T00:00:00Z",
        "2026-02-30T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-03-01T09:30:60Z",
        "1969-12-31T23:59:59.999999Z", "2100-01-01T00:00:00Z", "02026-03-01T09:30:00Z", "+026-03-01T09:30:00Z",
        "2026-03-01T09:30:00.000000Z ", " 2026-03-01T09:30:00Z", "２026-03-01T09:30:00Z", "2026-03-01T09:30:00.-1Z",
    ])
    func `is read from no other text`(text: String) { #expect(CatalogTimestamp(text) == nil) }

    @Test func `is rounded to the nearest microsecond`() {
        let base = CatalogTimestamp(microseconds: 1_772_357_400_123_456)
        for (fraction, expected) in [(0.4e-6, 0), (0.6e-6, 1), (-0.4e-6, 0), (-0.6e-6, -1)] as [(Double, Int64)] {
            #expect(CatalogTimestamp(base.date + fraction)?.microseconds == base.microseconds + expected)
        }
    }

    @Test func `lies in the years 1970 to 2099`() {
        #expect(CatalogTimestamp(CatalogTimestamp.first.date - 0.000_001) == nil)
        #expect(CatalogTimestamp(CatalogTimestamp.last.date + 0.000_001) == nil)
        #expect(CatalogTimestamp(clamping: .distantPast) == .first)
        #expect(CatalogTimestamp(clamping: .distantFuture) == .last)
        for number in [Double.nan, .infinity, -.infinity] {
            #expect(CatalogTimestamp(Date(timeIntervalSinceReferenceDate: number)) == nil)
        }
        #expect(CatalogTimestamp(clamping: Date(timeIntervalSinceReferenceDate: .nan)) == nil)
        #expect(CatalogTimestamp(clamping: Date(timeIntervalSinceReferenceDate: .infinity)) == .last)
        #expect(CatalogTimestamp(clamping: Date(timeIntervalSinceReferenceDate: -.infinity)) == .first)
    }
}
