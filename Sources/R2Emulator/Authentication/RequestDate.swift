#if Emulator
internal import R2KitSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The date of a signed request, such as `20260102T030405Z`.
struct RequestDate: Sendable {
    /// The date as sent.
    let text: String
    /// The seconds since 1970, negative before it.
    let seconds: Int64

    /// The day as in the credential, such as `20260102`.
    var day: String { String(text.prefix(8)) }

    /// Creates a date, or returns `nil` for any other form, such as RFC 1123's or the extended one of ISO 8601.
    ///
    /// Unsettled: a day that doesn't exist, which the emulator refuses too.
    /// - Parameter text: The date as sent.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 16, bytes[8] == UInt8(ascii: "T"), bytes[15] == UInt8(ascii: "Z"),
            let date = Self.number(bytes[0..<8]), let time = Self.number(bytes[9..<15]),
            let day = CivilDate(year: date / 10_000, month: date / 100 % 100, day: date % 100),
            time / 10_000 < 24, time / 100 % 100 < 60, time % 100 < 60
        else { return nil }
        self.text = text
        let second = time / 10_000 * 3600 + time / 100 % 100 * 60 + time % 100
        seconds = Int64(day.daysSinceEpoch * 86_400 + second)
    }

    /// Returns how much later a date is, in seconds.
    func seconds(until now: Date) -> Double { now.timeIntervalSince1970 - Double(seconds) }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
#endif
