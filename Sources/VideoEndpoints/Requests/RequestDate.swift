#if Delivery
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A date and time in a query, in the form of RFC 3339.
///
/// JavaScript writes three decimal places, and other programs write an offset from UTC.
enum RequestDate {
    /// The form, as problems describe it.
    static let form = "a date and time such as 2026-03-01T09:30:00Z"

    /// Returns the date that a string describes, or `nil` if it isn't valid.
    static func date(_ text: String) -> Date? { ISO8601Date.parseRFC3339(text) }
}
#endif
