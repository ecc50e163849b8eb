#if Storage
internal import R2Kit
internal import Synchronization

/// Whether the bytes of one try move: what the watchdog looks at.
final class Activity: Sendable {
    private struct State {
        var last: Duration
        /// The wait is for whoever brings or takes the bytes, not for the network.
        var isPaused = false
        /// How long nothing may move.
        var limit: Duration
        /// When the try ends at the latest.
        var deadline: Duration?
        var stall: Stall?
        var sent: Int64 = 0
        /// Nothing is counted any more.
        var isOver = false
        var received: Int64 = 0
        var sourceError: (any Error)?
        var hasAskedSource = false
    }

    private let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>

    /// - Parameters:
    ///   - limit: How long nothing may move.
    ///   - deadline: When the try ends at the latest.
    ///   - elapsed: The clock.
    init(limit: Duration, deadline: Duration?, elapsed: @escaping @Sendable () -> Duration) {
        self.elapsed = elapsed
        state = Mutex(State(last: elapsed(), limit: limit, deadline: deadline))
    }

    /// Bytes have moved, or the network's turn begins.
    func moved() {
        let now = elapsed()
        state.withLock {
            $0.last = now
            $0.isPaused = false
        }
    }

    func sent(_ count: Int, to listener: R2RequestBody.SentCount?) {
        guard count > 0 else { return }
        let now = elapsed()
        let isCounted = state.withLock { state in
            guard !state.isOver else { return false }
            state.last = now
            state.sent += Int64(count)
            return true
        }
        if isCounted { listener?(count) }
    }

    /// Counts no more: what is still being done for the try is in vain.
    /// - Returns: The bytes that were sent.
    func ends() -> Int64 {
        state.withLock {
            $0.isOver = true
            return $0.sent
        }
    }

    /// Bytes have come, and it is the turn of whoever takes them.
    func received(_ count: Int) {
        state.withLock {
            $0.isPaused = true
            $0.received += Int64(count)
        }
    }

    /// An answer has come, so that a body which was handed over in one piece has been sent.
    func answered(onePiece length: Int64) {
        let now = elapsed()
        state.withLock {
            $0.last = now
            $0.isPaused = false
            $0.sent += length
        }
    }

    /// The content begins to be read, which has no deadline.
    func contentBegins() {
        let now = elapsed()
        state.withLock {
            $0.last = now
            $0.isPaused = false
            $0.deadline = nil
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
    /// Why the try was given up, if it was.
    var stall: Stall? { state.withLock { $0.stall } }

    /// When it has to be looked at, if nothing moves until then.
    var due: Duration {
        let now = elapsed()
        return state.withLock { Self.due($0, now) }
    }

    private static func due(_ state: State, _ now: Duration) -> Duration {
        let next = (state.isPaused ? now : state.last) + state.limit
        return state.deadline.map { min($0, next) } ?? next
    }

    /// When it has to be looked at again; `nil` if it has to be given up, because nothing has moved for too long or the
    /// deadline has come.
    func look(at now: Duration) -> Duration? {
        state.withLock { state in
            if let deadline = state.deadline, now >= deadline {
                state.stall = .deadline
            } else if !state.isPaused, now - state.last >= state.limit {
                state.stall = .stillness(state.limit)
            }
            return state.stall == nil ? Self.due(state, now) : nil
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
