import Synchronization
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A clock that only moves when told to, for tests of code with a `CatalogClock`.
///
/// ```swift
/// let clock = ManualClock()
/// let repository = InMemoryVideoRepository(clock: clock.catalogClock)
/// clock.advance(by: .seconds(60))
/// ```
public final class ManualClock: Sendable {
    private let date: Mutex<Date>

    /// Creates a clock that shows a date.
    ///
    /// - Parameter date: The date, by default 2026-03-01T09:30:00Z.
    public init(at date: Date = Date(timeIntervalSince1970: 1_772_357_400)) { self.date = Mutex(date) }

    /// The date that the clock shows.
    public var now: Date { date.withLock { $0 } }

    /// The clock as a function, which repositories accept.
    public var catalogClock: CatalogClock { { self.now } }

    /// Sets the clock to a date, which may be earlier than before.
    ///
    /// - Parameter date: The new date.
    public func set(to date: Date) { self.date.withLock { $0 = date } }

    /// Moves the clock by a duration.
    ///
    /// - Parameter duration: The duration, to the microsecond. A negative duration sets the clock back.
    /// - Returns: The new date.
    @discardableResult
    public func advance(by duration: Duration) -> Date {
        date.withLock { date in
            date = date.moved(by: duration)
            return date
        }
    }
}

extension Date {
    /// Returns the date moved by a duration, in whole microseconds if the catalog can store it.
    func moved(by duration: Duration) -> Date {
        let (seconds, attoseconds) = duration.components
        guard let start = CatalogTimestamp(self) else { return self + Double(seconds) + Double(attoseconds) / 1e18 }
        return CatalogTimestamp(
            microseconds: start.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        )
        .date
    }
}
