#if Postgres
import Synchronization

extension PostgresPool {
    private static let shortestPause: Duration = .milliseconds(50)
    private static let longestPause: Duration = .seconds(1)

    /// Opens connections for those who wait, as far as there may be more.
    func openIfNeeded() {
        let count = state.withLock { state in
            guard !state.isShutDown else { return 0 }
            let count = min(state.waiters.count - state.opening, configuration.maximumConnections - state.total)
            guard count > 0 else { return 0 }
            state.opening += count
            return count
        }
        // Not part of the task that asks: if it is cancelled, the connection serves the next one.
        for _ in 0..<count { Task.detached { await self.open() } }
    }

    /// Opens one connection, and tries again as long as somebody waits for it.
    private func open() async {
        var pause = Self.shortestPause
        while true {
            do {
                let connection = try await PostgresConnection.open(configuration)
                state.withLock { $0.lastFailure = nil }
                return put(connection, wasBorrowed: false)
            } catch {
                let failure = error as? PostgresError ?? PostgresError(.notConnected, message: "\(error)")
                guard mayTryAgain(after: failure) else { return closeIfEmpty() }
            }
            try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
            pause = min(Self.longestPause, pause * 2)
            guard isStillNeeded() else { return closeIfEmpty() }
        }
    }

    /// Notes a failure.
    ///
    /// If it will not pass, such as a wrong password, all who wait are told.
    private func mayTryAgain(after failure: PostgresError) -> Bool {
        let isPassing = ConnectionFailure.mayPass(failure)
        let waiters = state.withLock { state -> [Waiter]? in
            state.lastFailure = failure
            if isPassing, !state.isShutDown, state.waiters.count > 0 { return nil }
            state.opening -= 1
            return isPassing ? [] : state.waiters.removeAll()
        }
        for waiter in waiters ?? [] { waiter.continuation.resume(returning: .failure(failure)) }
        return waiters == nil
    }

    /// Whether somebody still waits; if not, the place is free for who comes next.
    private func isStillNeeded() -> Bool {
        state.withLock { state in
            if state.waiters.count > 0, !state.isShutDown { return true }
            state.opening -= 1
            return false
        }
    }
}
#endif
