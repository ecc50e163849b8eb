#if Delivery
internal import R2Kit
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The memory of a worker between passes.
///
/// It may be lost at any time. Then items are tried sooner, and lists start at their beginning.
final class HousekeepingState: Sendable {
    /// The positions of lists that were longer than a pass reads.
    struct Positions: Sendable {
        var lateUploads: String?
        var multipartUploads: ListMultipartUploads.Marker?
    }

    private struct Pause {
        var failures: Int
        var until: Date
    }

    /// The maximum number of items that are remembered.
    static let capacity = 10_000

    private let pauses = Mutex<[String: Pause]>([:])
    private let storedPositions = Mutex(Positions())

    /// The positions at which the next pass continues.
    var positions: Positions { storedPositions.withLock { $0 } }

    func update(_ edit: (inout Positions) -> Void) { storedPositions.withLock { edit(&$0) } }

    /// Returns a Boolean value that indicates whether an item waits after a failure.
    func isPausing(_ item: String, at now: Date) -> Bool {
        pauses.withLock { $0[item].map { $0.until > now } ?? false }
    }

    /// Notes that the handling of an item succeeded.
    func succeeded(_ item: String) { pauses.withLock { $0[item] = nil } }

    /// Notes that the handling of an item failed.
    ///
    /// - Parameters:
    ///   - item: The item.
    ///   - now: The current date.
    ///   - delay: The pause after the first failure.
    ///   - maximum: The longest pause.
    func failed(_ item: String, at now: Date, delay: Duration, maximum: Duration) {
        pauses.withLock { pauses in
            if pauses[item] == nil, pauses.count >= Self.capacity {
                pauses = pauses.filter { $0.value.until > now }
                // Any item makes room. It is tried sooner than it would have been.
                if pauses.count >= Self.capacity, let other = pauses.first?.key { pauses[other] = nil }
            }
            let failures = (pauses[item]?.failures ?? 0) + 1
            let pause = min(delay * (1 << min(failures - 1, 20)), maximum)
            pauses[item] = Pause(failures: failures, until: VideoUploads.date(now, plus: pause))
        }
    }
}
#endif
