#if Storage
internal import Synchronization

/// Counts a transfer's bytes.
final class ProgressMeter: Sendable {
    private let latest = Monitor(Latest<TransferProgress>())
    private let moved = Atomic<Int64>(0)

    var updates: TransferUpdates<TransferProgress> { TransferUpdates(latest: latest) }

    /// All bytes that went over the wire, those that went in vain included.
    var movedBytes: Int64 { moved.load(ordering: .relaxed) }

    func begin(done: Int64, total: Int64?) {
        latest.change { $0.set(TransferProgress(bytesDone: done, totalBytes: total)) }
    }

    func learn(total: Int64) { latest.change { $0.update { $0.totalBytes = total } } }

    func finish() { latest.change { $0.isFinished = true } }

    /// Counts bytes that went over the wire.
    func count(moved count: Int64) { moved.add(count, ordering: .relaxed) }

    /// Counts bytes of the object that are done.
    func count(done count: Int64) { latest.change { $0.update { $0.bytesDone += count } } }
}

/// Counts one part's bytes, whose tries begin anew, so that the sum does not become less.
final class PartMeter: Sendable {
    private struct State {
        var sent: Int64 = 0
        var counted: Int64 = 0

        /// What has not been counted of the first so many bytes.
        mutating func count(upTo total: Int64) -> Int64 {
            let news = max(0, total - counted)
            counted += news
            return news
        }
    }

    private let state = Mutex(State())
    private let meter: ProgressMeter

    init(_ meter: ProgressMeter) { self.meter = meter }

    /// Counts bytes that have been sent, or takes back those of a try that failed.
    func sent(_ count: Int) {
        if count > 0 { meter.count(moved: Int64(count)) }
        let news = state.withLock { state in
            state.sent += Int64(count)
            return state.count(upTo: state.sent)
        }
        if news > 0 { meter.count(done: news) }
    }

    /// Counts what has not been counted of a part that is done.
    func finish(length: Int64) {
        let news = state.withLock { $0.count(upTo: length) }
        if news > 0 { meter.count(done: news) }
    }
}
#endif
