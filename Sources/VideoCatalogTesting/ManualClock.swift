import Synchronization
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A clock that stands still until it is told the time: for tests of whatever takes a `CatalogClock`.
///
/// ```swift
/// let clock = ManualClock()
/// let repository = InMemoryVideoRepository(clock: clock.catalogClock)
/// clock.advance(by: .seconds(60))
/// ```
public final class ManualClock: Sendable {
    private let instant: Mutex<Date>

    /// Begins at an instant.
    ///
    /// - Parameter instant: The time; by default 2026-03-01T09:30:00Z.
    public init(at instant: Date = Date(timeIntervalSince1970: 1_772_357_400)) { self.instant = Mutex(instant) }

    /// The time.
    public var now: Date { instant.withLock { $0 } }

    /// The clock as repositories take it.
    public var catalogClock: CatalogClock { { self.now } }

    /// Tells the time; it may be earlier than before.
    ///
    /// - Parameter instant: The time from now on.
    public func set(to instant: Date) { self.instant.withLock { $0 = instant } }

    /// Lets time pass.
    ///
    /// - Parameter duration: How much, to the microsecond; a negative duration sets the clock back.
    /// - Returns: The time from now on.
    @discardableResult
    public func advance(by duration: Duration) -> Date {
        instant.withLock { instant in
            instant = instant.moved(by: duration)
            return instant
        }
    }
}

extension Date {
    /// The instant a while later, in whole microseconds where the catalog can keep it.
    func moved(by duration: Duration) -> Date {
        let (seconds, attoseconds) = duration.components
        guard let start = CatalogTimestamp(self) else { return self + Double(seconds) + Double(attoseconds) / 1e18 }
        return CatalogTimestamp(
            microseconds: start.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        )
        .date
    }
}
