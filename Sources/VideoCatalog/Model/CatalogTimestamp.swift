#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An instant as the catalog keeps it: whole microseconds since 1970.
///
/// Every instant that goes in is rounded to one of these, and comes out as the same `Date`, whatever the repository. The
/// range is 1970 to 2099, within which a `Date` tells any two microseconds apart.
public struct CatalogTimestamp: Sendable, Hashable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public let microseconds: Int64

    /// The first instant that can be kept: the beginning of 1970.
    public static let first = CatalogTimestamp(microseconds: 0)
    /// The last instant that can be kept: the end of 2099.
    public static let last = CatalogTimestamp(microseconds: 4_102_444_799_999_999)

    /// Microseconds from 1970 to 2001, where a `Date` counts from.
    private static let reference: Int64 = 978_307_200_000_000

    /// Takes microseconds since 1970.
    ///
    /// - Parameter microseconds: As a database keeps them.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Rounds an instant to the microsecond; `nil` outside the years 1970 to 2099.
    ///
    /// - Parameter date: Any instant.
    public init?(_ date: Date) {
        let rounded = (date.timeIntervalSinceReferenceDate * 1_000_000).rounded()
        // Compared as numbers of 64 bits that a Double can hold exactly; infinities and NaN fail here.
        guard rounded >= -Double(Self.reference), rounded <= Double(Self.last.microseconds - Self.reference) else {
            return nil
        }
        microseconds = Int64(rounded) + Self.reference
    }

    /// Rounds an instant to the microsecond, and one outside the range to its nearer end; `nil` for what is no number.
    ///
    /// For the bounds of queries: nothing lies beyond the range.
    ///
    /// - Parameter date: Any instant, `distantPast` and `distantFuture` among them.
    public init?(clamping date: Date) {
        if let instant = CatalogTimestamp(date) {
            self = instant
        } else if date.timeIntervalSinceReferenceDate.isNaN {
            return nil
        } else {
            self = date.timeIntervalSinceReferenceDate < 0 ? .first : .last
        }
    }

    /// The instant.
    public var date: Date {
        Date(timeIntervalSinceReferenceDate: (Double(microseconds) - Double(Self.reference)) / 1_000_000)
    }

    /// Compares the microseconds.
    ///
    /// - Returns: Whether `first` is earlier.
    public static func < (first: CatalogTimestamp, second: CatalogTimestamp) -> Bool {
        first.microseconds < second.microseconds
    }
}
