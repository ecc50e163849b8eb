#if Postgres
import Synchronization

extension PostgresPool {
    /// Makes sure that somebody looks after waiters whose time is up, and idle connections that are not needed.
    func maintain() {
        let begins = state.withLock { state in
            defer { state.isMaintained = true }
            return !state.isMaintained
        }
        guard begins else { return }
        // It does not keep the pool: without it there is nothing to look after.
        Task.detached { [weak self] in
            while let next = self?.expire() { try? await Task.sleep(until: next, clock: .continuous) }
        }
    }

    /// Ends what has lasted too long.
    ///
    /// - Returns: When to look again; `nil` when there is nothing left to look after.
    private func expire() -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        var (late, old): ([Waiter], [Idle]) = ([], [])
        let (next, error) = state.withLock { state -> (ContinuousClock.Instant?, PostgresError) in
            while let waiter = state.waiters.first, waiter.deadline <= now, let first = state.waiters.removeFirst() {
                late.append(first)
            }
            while let idle = state.idle.first,
                now - idle.since >= configuration.idleTimeout || !idle.connection.isUsable
            {
                old.append(state.idle.removeFirst())
            }
            let ends = [state.waiters.first?.deadline, state.idle.first.map { $0.since + configuration.idleTimeout }]
            let next = ends.compactMap { $0 }.min()
            // A second at least to the next look, unless somebody's time is up before: waiters come and go meanwhile.
            let soonest = min(next ?? now, now + min(.seconds(1), configuration.waitLimit))
            state.isMaintained = next != nil
            return (next == nil ? nil : soonest, tooLate(state))
        }
        for waiter in late { waiter.continuation.resume(returning: .failure(error)) }
        for idle in old { idle.connection.close() }
        if !old.isEmpty { openIfNeeded() }
        return next
    }

    private func tooLate(_ state: State) -> PostgresError {
        let limit = "no connection within \(configuration.waitLimit)"
        if let failure = state.lastFailure {
            return PostgresError(.notConnected, sqlState: failure.sqlState, message: "\(limit): \(failure.message)")
        }
        return PostgresError(
            .notConnected,
            message:
                "\(limit), all \(configuration.maximumConnections) are in use or being opened: raise maximumConnections or "
                + "waitLimit, or look for what holds them that long")
    }
}
#endif
