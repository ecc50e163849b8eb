#if Postgres
internal import Synchronization
internal import VideoCatalogPostgres

/// Opening connections for waiters.
extension LibPQPool {
    private static let minimumPause: Duration = .milliseconds(50)
    private static let maximumPause: Duration = .seconds(1)

    /// Opens connections for waiters, up to the maximum.
    func openIfNeeded() {
        let count = state.withLock { state in
            guard !state.isShutDown else { return 0 }
            let count = min(state.waiters.count - state.opening, configuration.maximumConnections - state.total)
            guard count > 0 else { return 0 }
            state.opening += count
            return count
        }
        // Detached from the waiting task: if that is canceled, the connection serves the next waiter.
        for _ in 0..<count { Task.detached { await self.open() } }
    }

    /// Opens one connection.
    ///
    /// Repeats failed attempts as long as a task waits.
    private func open() async {
        var pause = Self.minimumPause
        while true {
            do {
                let connection = try await LibPQConnection.open(configuration)
                state.withLock { $0.lastFailure = nil }
                return put(connection, wasBorrowed: false)
            } catch {
                let failure = error as? PostgresSessionError ?? PostgresSessionError(.notConnected, message: "\(error)")
                guard shouldRetry(after: failure) else { return resumeClosersIfEmpty() }
            }
            try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(Self.maximumPause, pause * 2)
            guard isStillNeeded() else { return resumeClosersIfEmpty() }
        }
    }

    /// Records a failure.
    ///
    /// If it is permanent, such as a wrong password, all waiters get it.
    private func shouldRetry(after failure: PostgresSessionError) -> Bool {
        let isTransient = ConnectionFailure.isTransient(failure)
        let waiters = state.withLock { state -> [Waiter]? in
            state.lastFailure = failure
            if isTransient, !state.isShutDown, state.waiters.count > 0 { return nil }
            state.opening -= 1
            return isTransient ? [] : state.waiters.removeAll()
        }
        for waiter in waiters ?? [] { waiter.continuation.resume(returning: .failure(failure)) }
        return waiters == nil
    }

    /// Returns a Boolean value that indicates whether a task still waits.
    ///
    /// If not, frees the place of the connection.
    private func isStillNeeded() -> Bool {
        state.withLock { state in
            if state.waiters.count > 0, !state.isShutDown { return true }
            state.opening -= 1
            return false
        }
    }
}

/// Time limits of waiters and idle connections.
extension LibPQPool {
    /// Starts a task that expires waiters and idle connections, unless one is running.
    func maintain() {
        let starts = state.withLock { state in
            defer { state.isMaintained = true }
            return !state.isMaintained
        }
        guard starts else { return }
        // It doesn't retain the pool: without the pool there is nothing to expire.
        Task.detached { [weak self] in
            while let next = self?.expire() { try? await Task.sleep(until: next, clock: .continuous) }
        }
    }

    /// Fails waiters whose deadline has passed, and closes connections that have been idle for too long.
    ///
    /// - Returns: The time of the next call, or `nil` if there are no waiters and idle connections left.
    private func expire() -> ContinuousClock.Instant? {
        let now = ContinuousClock.now
        var (late, old): ([Waiter], [IdleConnection]) = ([], [])
        let (next, error) = state.withLock { state -> (ContinuousClock.Instant?, PostgresSessionError) in
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
            // At least a second later, unless the wait limit is shorter, since waiters come and go meanwhile.
            let soonest = min(next ?? now, now + min(.seconds(1), configuration.waitLimit))
            state.isMaintained = next != nil
            return (next == nil ? nil : soonest, timeoutError(state))
        }
        for waiter in late { waiter.continuation.resume(returning: .failure(error)) }
        for idle in old { idle.connection.close() }
        if !old.isEmpty { openIfNeeded() }
        return next
    }

    private func timeoutError(_ state: State) -> PostgresSessionError {
        let timeout = "No connection within \(configuration.waitLimit)"
        if let failure = state.lastFailure {
            return PostgresSessionError(
                .notConnected, sqlState: failure.sqlState, message: "\(timeout). \(failure.message)")
        }
        guard state.borrowed > 0 else {
            return PostgresSessionError(
                .notConnected,
                message: "\(timeout): the server hasn't accepted one yet. Look for what keeps it busy, or raise "
                    + "waitLimit.")
        }
        return PostgresSessionError(
            .notConnected,
            message: "\(timeout): all \(configuration.maximumConnections) are in use or being opened. Raise "
                + "maximumConnections or waitLimit, or find what uses them for that long.")
    }
}
#endif
