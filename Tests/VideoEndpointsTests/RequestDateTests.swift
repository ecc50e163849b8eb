#if Delivery
import Foundation
import TestSupport
import Testing

@testable import VideoEndpoints

@Suite("Dates in queries")
struct RequestDateTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-03-01T09:30:00Z", 1_772_357_400),
            ("2026-03-01T09:30:00.000Z", 1_772_357_400),
            ("2026-03-01T09:30:00.25Z", 1_772_357_400.25), ("2026-03-01t09:30:00z", 1_772_357_400),
            ("2026-03-01T11:30:00+02:00", 1_772_357_400), ("2026-02-28T23:00:00-10:30", 1_772_357_400),
            ("2024-02-29T00:00:00Z", 1_709_164_800), ("2016-12-31T23:59:60Z", 1_483_228_800),
            ("1969-12-31T23:59:59Z", -1), ("0000-02-29T00:00:00Z", -62_162_121_600),
        ] as [(String, Double)])
    func `every form of RFC 3339 is read`(text: String, seconds: Double) {
        #expect(RequestDate.date(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T09:30Z", "2026-03-01T09:30:00", "2026-03-01 09:30:00Z", "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-03-01T24:00:00Z", "2026-03-01T09:60:00Z", "2026-03-01T09:30:61Z", "2026-03-01T09:30:00.Z",
        "2026-03-01T09:30:00+0200", "2026-03-01T09:30:00+24:00", "2026-03-01T09:30:00ZZ", "+026-03-01T09:30:00Z",
        "２026-03-01T09:30:00Z",
    ])
    func `anything else isn't a date`(text: String) { #expect(RequestDate.date(text) == nil) }

    @Test func `dates are the same as Foundation's`() {
        let seed = UInt64.random(in: .min ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let date = Date(timeIntervalSince1970: Double(generator.next(8_000_000_000) - 4_000_000_000))
            #expect(RequestDate.date(date.formatted(.iso8601)) == date, "seed \(seed)")
        }
    }
}
#endif
