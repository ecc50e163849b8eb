#if Storage
internal import R2Kit
internal import Synchronization

/// Whether the bytes of one try move: what the watchdog looks at.
final class Activity: Sendable {
    private struct State {
        var last = ContinuousClock.now
        /// The wait is for whoever brings or takes the bytes, not for the network.
        var isPaused = false
        var sent: Int64 = 0
        var received: Int64 = 0
        var sourceError: (any Error)?
        var hasAskedSource = false
    }

    private let state = Mutex(State())

    /// Bytes have moved, or the network's turn begins.
    func moved() {
        state.withLock {
            $0.last = .now
            $0.isPaused = false
        }
    }

    /// It is the turn of whoever brings or takes the bytes.
    func waitsForOthers() { state.withLock { $0.isPaused = true } }

    func sent(_ count: Int, to listener: R2RequestBody.SentCount?) {
        guard count > 0 else { return }
        state.withLock {
            $0.last = .now
            $0.sent += Int64(count)
        }
        listener?(count)
    }

    func received(_ count: Int) {
        state.withLock {
            $0.last = .now
            $0.isPaused = false
            $0.received += Int64(count)
        }
    }

    /// An answer has come; a body that was handed over in one piece counts as sent.
    func answered(of length: Int64) {
        state.withLock {
            $0.last = .now
            $0.isPaused = false
            if $0.sent == 0 { $0.sent = length }
        }
    }

    /// The body's own source is asked for bytes: from now on, one that brings them once cannot bring them again.
    func asksSource() {
        state.withLock {
            $0.isPaused = true
            $0.hasAskedSource = true
        }
    }

    /// The body's own source failed, if it was not merely cancelled because the request had failed.
    func sourceFailed(_ error: any Error) {
        if !(error is CancellationError) { state.withLock { $0.sourceError = error } }
    }

    var sentBytes: Int64 { state.withLock { $0.sent } }
    var receivedBytes: Int64 { state.withLock { $0.received } }
    var hasAskedSource: Bool { state.withLock { $0.hasAskedSource } }
    var sourceError: (any Error)? { state.withLock { $0.sourceError } }

    /// Returns when nothing has moved for `limit`, or the deadline has come; throws when it is cancelled.
    func stall(limit: Duration, deadline: ContinuousClock.Instant?) async throws -> Stall {
        while true {
            let (last, isPaused) = state.withLock { ($0.last, $0.isPaused) }
            let now = ContinuousClock.now
            if let deadline, now >= deadline { return .deadline }
            if !isPaused, now - last >= limit { return .stillness(limit) }
            let next = (isPaused ? now : last) + limit
            // In short naps: the timer of one that is cancelled stays in the queue until its time has come, and with
            // thousands of requests a second those of a minute would be a lot.
            try await Task.sleep(until: min(deadline.map { min($0, next) } ?? next, now + .seconds(1)))
        }
    }
}

/// Why a try was given up.
enum Stall: Sendable {
    case stillness(Duration)
    case deadline

    var error: R2Error {
        switch self {
        case .stillness(let limit): R2Error(.timedOut, "no byte has moved for \(limit)")
        case .deadline: R2Error(.timedOut, "the call's time limit is over")
        }
    }
}
#endif
