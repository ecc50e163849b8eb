#if Emulator
internal import R2Kit
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The forms of dates in responses.
enum Timestamp {
    /// Returns `2026-01-02T03:04:05.678Z`.
    ///
    /// R2 (observed): documents have milliseconds.
    static func iso(_ date: Date) -> String {
        let milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded())
        let (seconds, fraction) = milliseconds.flooredDivision(by: 1000)
        let whole = ISO8601Date.format(Date(timeIntervalSince1970: Double(seconds))) ?? ""
        return "\(whole.dropLast(4))\(fraction.padded(to: 3))Z"
    }

    /// Returns the date of an HTTP header, without the fraction of a second.
    static func http(_ date: Date) -> String { HTTPDate.format(date) ?? "" }
}
#endif
