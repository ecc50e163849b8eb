#if Storage
internal import Synchronization

/// Gives up the tries of a client that stand still.
///
/// One task looks at all of them from time to time: a sleep for each would cost a small request a tenth of its time, and
/// those that are cancelled stay in the queue of timers until their time has come.
final class Watchdog: Sendable {
    private struct Watched {
        let activity: Activity
        let giveUp: @Sendable (Stall) -> Void
    }

    private struct State {
        var watched: [ObjectIdentifier: Watched] = [:]
        /// When the task looks next; `nil` if there is none.
        var nextLook: Duration?
        var task: Task<Void, Never>?
        /// Which task is the present one.
        var generation = 0
    }

    /// How long it sleeps at most: a new try is seldom due before that, so that it seldom has to be woken.
    private static let longestNap: Duration = .seconds(1)

    private let surroundings: Surroundings
    private let state = Mutex(State())

    init(_ surroundings: Surroundings) { self.surroundings = surroundings }

    /// Looks after a try until ``leave(_:)``.
    /// - Parameters:
    ///   - activity: What tells whether its bytes move.
    ///   - giveUp: Is called once if the try has to be given up.
    func watch(_ activity: Activity, giveUp: @escaping @Sendable (Stall) -> Void) {
        let due = activity.due
        state.withLock { state in
            state.watched[ObjectIdentifier(activity)] = Watched(activity: activity, giveUp: giveUp)
            if let nextLook = state.nextLook, nextLook <= due { return }
            state.task?.cancel()
            state.generation += 1
            let first = min(due, surroundings.elapsed() + Self.longestNap)
            state.nextLook = first
            // It serves other calls than the one that happens to begin it.
            state.task = Task.detached { [generation = state.generation] in await self.run(first, generation) }
        }
    }

    /// Looks after a try no more.
    func leave(_ activity: Activity) {
        state.withLock { _ = $0.watched.removeValue(forKey: ObjectIdentifier(activity)) }
    }

    private func run(_ first: Duration, _ generation: Int) async {
        var next: Duration? = first
        while let instant = next {
            // Only one that has been replaced is cancelled.
            guard (try? await surroundings.sleep(instant)) != nil else { return }
            let (stalled, following) = look(generation)
            for (watched, stall) in stalled { watched.giveUp(stall) }
            next = following
        }
    }

    /// Takes those out that stand still, and tells when to look again: not at all if there are none left.
    private func look(_ generation: Int) -> (stalled: [(Watched, Stall)], next: Duration?) {
        let now = surroundings.elapsed()
        return state.withLock { state in
            guard state.generation == generation else { return ([], nil) }
            var next = now + Self.longestNap
            var stalled: [(Watched, Stall)] = []
            for watched in state.watched.values {
                if let due = watched.activity.look(at: now) {
                    next = min(next, due)
                } else if let stall = watched.activity.stall {
                    stalled.append((watched, stall))
                }
            }
            for (watched, _) in stalled { state.watched.removeValue(forKey: ObjectIdentifier(watched.activity)) }
            state.nextLook = state.watched.isEmpty ? nil : next
            if state.watched.isEmpty { state.task = nil }
            return (stalled, state.nextLook)
        }
    }
}
#endif
