import HTTPTypes
import R2Kit
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Dates in headers and documents.
@Suite("Dates")
struct DateTests {
    private func parsed(_ text: String) throws -> Date? {
        let headers = [("etag", "a"), ("content-length", "1"), ("last-modified", text)]
        return try HeadObject(Sample.key()).output(from: Sample.response(200, headers)).lastModified
    }

    private func formatted(_ date: Date) throws -> String? {
        try HeadObject(Sample.key(), conditions: ObjectConditions(ifModifiedSince: date)).request().headerFields[
            .ifModifiedSince]
    }

    @Test(
        arguments: [
            ("Fri, 02 Jan 2026 03:04:05 GMT", 1_767_323_045), ("Friday, 02-Jan-26 03:04:05 GMT", 1_767_323_045),
            ("Fri Jan  2 03:04:05 2026", 1_767_323_045), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800), ("Fri Nov 18 01:02:03 2016", 1_479_430_923),
        ] as [(String, Double)])
    func `an HTTP date is read in its three forms`(_ text: String, _ seconds: Double) throws {
        #expect(try parsed(text) == Date(timeIntervalSince1970: seconds))
    }

    @Test(arguments: [
        "", "Fri", "Thu, 02 Jan 2026 03:04:05 GMT", "Fri, 2 Jan 2026 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 UTC",
        "Fri, 02 Jan 2026 03:04:05", "Fri, 02 Jan 26 03:04:05 GMT", "fri, 02 jan 2026 03:04:05 gmt",
        "Fri, 02 Jan 2026 24:04:05 GMT", "Fri, 02 Jan 2026 03:60:05 GMT", "Fri, 02 Jan 2026 03:04:61 GMT",
        "Fri, 00 Jan 2026 03:04:05 GMT", "Sat, 29 Feb 2025 03:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 GMT;",
        "Fri Jan 2 03:04:05 2026", "Fri Jan 02 03:04:05 26", "Thursday, 02-Jan-26 03:04:05 GMT",
        "2026-01-02T03:04:05Z", "1767323045", "Fri, 02 Jan 2026 03:04:0\u{665} GMT",
    ])
    func `an invalid HTTP date counts as missing`(_ text: String) throws {
        #expect(try parsed(text) == nil)
    }

    @Test func `a date survives formatting and parsing`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        let bounds: [Int64] = [-62_167_219_200, -1, 0, 951_782_400, 951_868_800, 4_107_542_400, 253_402_300_799]
        for seconds in bounds
            + (0..<2000).map({ _ in Int64.random(in: -62_167_219_200...253_402_300_799, using: &random) })
        {
            let date = Date(timeIntervalSince1970: Double(seconds))
            let text = try #require(try formatted(date), "seed \(seed)")
            #expect(try parsed(text) == date, "\(text), seed \(seed)")
            #expect(try formatted(date.addingTimeInterval(0.75)) == text)
        }
        #expect(try formatted(Date(timeIntervalSince1970: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test(
        arguments: [
            ("2026-01-02T03:04:05Z", 1_767_323_045), ("2026-01-02T03:04:05.000Z", 1_767_323_045),
            ("2026-01-02T03:04:05.5Z", 1_767_323_045.5),
            ("2026-01-02T03:04:05.123456789999Z", 1_767_323_045.123_456_789),
            ("2026-01-02T03:04:05+00:00", 1_767_323_045), ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("2026-01-02T03:04:05", nil), ("2026-01-02 03:04:05Z", nil), ("2026-01-02T03:04:05.Z", nil),
            ("2026-01-02T03:04:05+01:00", nil), ("2025-02-29T00:00:00Z", nil), ("2026-13-01T00:00:00Z", nil),
            ("26-01-02T03:04:05Z", nil), ("2026-01-02T03:04:05z", nil), ("", nil), ("+026-01-02T03:04:05Z", nil),
        ] as [(String, Double?)])
    func `a date in a listing must be in ISO 8601 format`(_ text: String, _ seconds: Double?) throws {
        let body =
            "<ListBucketResult><Contents><Key>a</Key><Size>1</Size><LastModified>\(text)</LastModified></Contents>"
            + "<IsTruncated>false</IsTruncated></ListBucketResult>"
        let response = try Sample.response(200, body: body)
        guard let seconds else {
            #expect(try r2Error { _ = try ListObjectsV2().output(from: response) }.code == .invalidResponse)
            return
        }
        let date = try #require(try ListObjectsV2().output(from: response).objects.first?.lastModified)
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.000_001)
    }
}
