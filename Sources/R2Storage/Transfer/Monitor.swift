#if Storage
internal import Synchronization

/// A state that tasks can change and wait on.
final class Monitor<State: Sendable>: Sendable {
    private struct Guarded: Sendable {
        var state: State
        var changes = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let guarded: Mutex<Guarded>

    init(_ state: State) { guarded = Mutex(Guarded(state: state)) }

    /// The current state.
    var state: State { guarded.withLock { $0.state } }

    /// Changes the state and wakes all waiting tasks.
    @discardableResult
    func change<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        let (value, waiters) = guarded.withLock { guarded in
            let value = body(&guarded.state)
            guarded.changes += 1
            let waiters = Array(guarded.waiters.values)
            guarded.waiters = [:]
            return (value, waiters)
        }
        for waiter in waiters { waiter.resume() }
        return value
    }

    /// Waits until `attempt` returns a value, and returns that value.
    ///
    /// `attempt` must not change the state when it returns `nil`.
    /// - Throws: `CancellationError` if the task is cancelled.
    func wait<Value: Sendable>(until attempt: (inout State) -> Value?) async throws(CancellationError) -> Value {
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            let (value, changes) = guarded.withLock { guarded in (attempt(&guarded.state), guarded.changes) }
            if let value {
                change { _ in }
                return value
            }
            await waitForChange(after: changes)
        }
    }

    /// Returns at the next change, at once if the state has changed since `changes`, or when the task is cancelled.
    private func waitForChange(after changes: Int) async {
        let id = guarded.withLock { guarded in
            guarded.nextWaiter += 1
            return guarded.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // An earlier cancellation finds no waiter to wake, but shows up in this check.
                let isOver = guarded.withLock { guarded in
                    if guarded.changes != changes || Task.isCancelled { return true }
                    guarded.waiters[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            guarded.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }
}
#endif
