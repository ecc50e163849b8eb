#if Storage
internal import Synchronization

/// A counter of a transfer's bytes.
final class ProgressMeter: Sendable {
    private let latest = Monitor(LatestValue<TransferProgress>())
    private let transferred = Atomic<Int64>(0)

    var updates: LatestValue<TransferProgress>.Updates { LatestValue.Updates(latest) }

    /// The number of bytes sent or received, including repeated ones.
    var transferredBytes: Int64 { transferred.load(ordering: .relaxed) }

    func start(completed: Int64, total: Int64?) {
        latest.change { $0.set(TransferProgress(bytesDone: completed, totalBytes: total)) }
    }

    func setTotal(_ total: Int64) { latest.change { $0.update { $0.totalBytes = total } } }

    func finish() { latest.change { $0.isFinished = true } }

    /// Counts bytes sent or received.
    func addTransferred(_ count: Int64) { transferred.add(count, ordering: .relaxed) }

    /// Counts bytes of the object that are done.
    func addCompleted(_ count: Int64) { latest.change { $0.update { $0.bytesDone += count } } }
}

/// A counter of one part's bytes that never decreases the total progress when an attempt starts over.
final class PartMeter: Sendable {
    private struct State {
        var sent: Int64 = 0
        var counted: Int64 = 0

        /// Returns how many of the first `total` bytes haven't been counted yet, and counts them.
        mutating func count(upTo total: Int64) -> Int64 {
            let uncounted = max(0, total - counted)
            counted += uncounted
            return uncounted
        }
    }

    private let state = Mutex(State())
    private let meter: ProgressMeter

    init(_ meter: ProgressMeter) { self.meter = meter }

    /// Counts bytes that were sent, or subtracts those of a failed attempt.
    func addSent(_ count: Int) {
        if count > 0 { meter.addTransferred(Int64(count)) }
        let uncounted = state.withLock { state in
            state.sent += Int64(count)
            return state.count(upTo: state.sent)
        }
        if uncounted > 0 { meter.addCompleted(uncounted) }
    }

    /// Counts the remaining bytes of a part that is done.
    func finish(length: Int64) {
        let uncounted = state.withLock { $0.count(upTo: length) }
        if uncounted > 0 { meter.addCompleted(uncounted) }
    }
}
#endif
