#if Storage
internal import R2Kit
internal import Synchronization

/// A watchdog that gives up attempts of a client that make no progress.
///
/// One task checks all attempts from time to time. A sleep per attempt would cost a small request a tenth of its time,
/// and canceled sleeps stay in the timer queue until their time has come.
final class StallWatchdog: Sendable {
    private struct Watched {
        let activity: AttemptActivity
        let giveUp: @Sendable (Stall) -> Void
    }

    private struct State {
        var watched: [ObjectIdentifier: Watched] = [:]
        /// The time of the next check, or `nil` if no task is running.
        var nextCheck: Duration?
        var task: Task<Void, Never>?
        /// The number of the current task.
        var generation = 0
    }

    /// The maximum time between checks.
    ///
    /// New attempts are rarely due before that, so the task rarely has to be woken.
    private static let maximumSleep: Duration = .seconds(1)

    private let environment: ClientEnvironment
    private let state = Mutex(State())

    init(_ environment: ClientEnvironment) { self.environment = environment }

    /// Watches an attempt until ``unwatch(_:)`` is called.
    /// - Parameters:
    ///   - activity: The activity of the attempt.
    ///   - giveUp: A closure that is called once if the attempt stalls.
    func watch(_ activity: AttemptActivity, giveUp: @escaping @Sendable (Stall) -> Void) {
        let due = activity.due
        state.withLock { state in
            state.watched[ObjectIdentifier(activity)] = Watched(activity: activity, giveUp: giveUp)
            if let nextCheck = state.nextCheck, nextCheck <= due { return }
            state.task?.cancel()
            state.generation += 1
            let first = min(due, environment.elapsed() + Self.maximumSleep)
            state.nextCheck = first
            // Detached, because the task serves other calls than the one that happens to start it.
            state.task = Task.detached { [generation = state.generation] in await self.run(first, generation) }
        }
    }

    /// Stops watching an attempt.
    func unwatch(_ activity: AttemptActivity) {
        state.withLock { _ = $0.watched.removeValue(forKey: ObjectIdentifier(activity)) }
    }

    private func run(_ first: Duration, _ generation: Int) async {
        var next: Duration? = first
        while let time = next {
            // Only a task that has been replaced is canceled.
            guard (try? await environment.sleep(time)) != nil else { return }
            let (stalled, following) = removeStalled(generation)
            for (watched, stall) in stalled { watched.giveUp(stall) }
            next = following
        }
    }

    /// Removes and returns the stalled attempts, and returns the time of the next check, or `nil` if none are left.
    private func removeStalled(_ generation: Int) -> (stalled: [(Watched, Stall)], next: Duration?) {
        let now = environment.elapsed()
        return state.withLock { state in
            guard state.generation == generation else { return ([], nil) }
            var next = now + Self.maximumSleep
            var stalled: [(Watched, Stall)] = []
            for watched in state.watched.values {
                switch watched.activity.check(at: now) {
                case .due(let due): next = min(next, due)
                case .stalled(let stall): stalled.append((watched, stall))
                }
            }
            for (watched, _) in stalled { state.watched.removeValue(forKey: ObjectIdentifier(watched.activity)) }
            state.nextCheck = state.watched.isEmpty ? nil : next
            if state.watched.isEmpty { state.task = nil }
            return (stalled, state.nextCheck)
        }
    }
}

/// The progress of the bytes of one attempt, which the watchdog checks.
final class AttemptActivity: Sendable {
    private struct State {
        var lastProgress: Duration
        /// The number of bytes that all connections had accepted when this one last did.
        var lineBytes: Int64 = 0
        /// A Boolean value that indicates whether the attempt waits for the source or the consumer of the bytes, and
        /// not for the network.
        var isPaused = false
        var deadline: Duration?
        var stall: Stall?
        var sent: Int64 = 0
        var received: Int64 = 0
        /// A Boolean value that indicates whether bytes are no longer counted.
        var isOver = false
        var sourceError: (any Error)?
        var hasStartedSource = false
        /// The longest time that the connection took to accept a chunk of the body.
        var longestSend: Duration = .zero
    }

    private let stallTimeout: Duration
    let connectionUse: ConnectionUse
    private let elapsed: @Sendable () -> Duration
    private let state: Mutex<State>

    /// Creates the activity of an attempt that starts now.
    /// - Parameters:
    ///   - stallTimeout: The maximum time without progress.
    ///   - deadline: The time at which the attempt ends at the latest.
    ///   - elapsed: The monotonic clock.
    ///   - connectionUse: The use of the connections, to which bytes that move are reported.
    init(
        stallTimeout: Duration, deadline: Duration?, elapsed: @escaping @Sendable () -> Duration,
        connectionUse: ConnectionUse
    ) {
        self.stallTimeout = stallTimeout
        self.connectionUse = connectionUse
        self.elapsed = elapsed
        state = Mutex(State(lastProgress: elapsed(), deadline: deadline))
    }

    // MARK: Events

    /// Records that bytes have moved, or that the wait for the network starts.
    func progressed() {
        let now = elapsed()
        state.withLock {
            $0.lastProgress = now
            $0.isPaused = false
        }
    }

    /// Records that the connection has accepted bytes of the body.
    /// - Returns: The time that it took.
    func accepted(_ count: Int) -> Duration {
        let now = elapsed()
        let lineBytes = connectionUse.sent(count, at: now)
        return state.withLock { state in
            let time = now - state.lastProgress
            state.lineBytes = lineBytes
            state.longestSend = max(state.longestSend, time)
            state.lastProgress = now
            return time
        }
    }

    /// Counts bytes that the connection has accepted, and reports them unless the attempt is over.
    func sent(_ count: Int64, to listener: R2RequestBody.SentCount?) {
        let isOver = state.withLock { state in
            if !state.isOver { state.sent += count }
            return state.isOver
        }
        if !isOver { listener?(Int(count)) }
    }

    /// Counts bytes that have arrived.
    ///
    /// From here on, the wait is for their consumer.
    func received(_ count: Int) {
        connectionUse.moved()
        state.withLock {
            $0.isPaused = true
            $0.received += Int64(count)
        }
    }

    /// Records the head of the response, which means that a body passed in one piece has been sent.
    func responseArrived(uncountedBytes: Int64) {
        let now = elapsed()
        connectionUse.moved()
        state.withLock {
            $0.lastProgress = now
            $0.isPaused = false
            $0.sent += uncountedBytes
            $0.longestSend = .zero
        }
    }

    /// Records that an object's body is being read, which has no deadline.
    func bodyStarted() {
        let now = elapsed()
        state.withLock {
            $0.lastProgress = now
            $0.isPaused = false
            $0.deadline = nil
        }
    }

    /// Records that the body's source is asked for bytes.
    ///
    /// A source that provides them once can't start again.
    func sourceStarted() {
        state.withLock {
            $0.isPaused = true
            $0.hasStartedSource = true
        }
    }

    /// Records an error of the body's source, unless it was only canceled because the request had failed.
    func sourceFailed(_ error: any Error) {
        if !(error is CancellationError) { state.withLock { $0.sourceError = error } }
    }

    /// Stops counting: bytes that are still sent for this attempt are of no use.
    /// - Returns: The number of bytes sent.
    func end() -> Int64 {
        state.withLock {
            $0.isOver = true
            return $0.sent
        }
    }

    // MARK: Results

    var sentBytes: Int64 { state.withLock { $0.sent } }
    var receivedBytes: Int64 { state.withLock { $0.received } }
    var hasStartedSource: Bool { state.withLock { $0.hasStartedSource } }
    var sourceError: (any Error)? { state.withLock { $0.sourceError } }
    /// The reason why the attempt was given up, or `nil` if it wasn't.
    var stall: Stall? { state.withLock { $0.stall } }

    /// The time of the next check, if there is no progress until then.
    fileprivate var due: Duration {
        let now = elapsed()
        return state.withLock { due($0, now) }
    }

    fileprivate enum Check {
        case due(Duration)
        case stalled(Stall)
    }

    /// Decides whether the attempt has stalled or reached its deadline, and if not, when to check again.
    fileprivate func check(at now: Duration) -> Check {
        state.withLock { state in
            if let deadline = state.deadline, now >= deadline {
                state.stall = .deadline
            } else if !state.isPaused, now - state.lastProgress >= limit(state), !isWaitingForOthers(state, now) {
                state.stall = .noProgress(limit(state))
            }
            return state.stall.map(Check.stalled) ?? .due(due(state, now))
        }
    }

    private func due(_ state: State, _ now: Duration) -> Duration {
        var next = (state.isPaused ? now : state.lastProgress) + limit(state)
        // It waits for others, whose progress is checked again soon.
        if next <= now { next = now + min(stallTimeout, Self.busyCheckInterval) }
        return state.deadline.map { min($0, next) } ?? next
    }

    private static let busyCheckInterval: Duration = .seconds(1)

    /// Returns a Boolean value that indicates whether the line is slow, and busy with other requests' bytes.
    private func isWaitingForOthers(_ state: State, _ now: Duration) -> Bool {
        state.sent > 0 && now - state.lastProgress < stallTimeout * 10
            && connectionUse.isBusyWithOthers(since: state.lineBytes, at: now, limit: stallTimeout)
    }

    /// The maximum time without progress.
    ///
    /// On a slow line, it grows with the time that earlier chunks took, to three times the stall timeout at most. What
    /// the connection has accepted may still be on this machine, and takes as long as several chunks to leave it.
    private func limit(_ state: State) -> Duration { stallTimeout + min(state.longestSend * 4, stallTimeout * 2) }
}

/// The reason why an attempt was given up.
enum Stall: Sendable {
    case noProgress(Duration)
    case deadline

    var error: R2Error {
        switch self {
        case .noProgress(let limit): R2Error(.timedOut, "The request timed out: no progress for \(limit).")
        case .deadline: R2Error(.timedOut, "The request timed out: the call's time limit is over.")
        }
    }
}
#endif
