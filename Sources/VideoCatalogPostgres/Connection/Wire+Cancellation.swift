#if Postgres
import CLibPQ
import Synchronization

extension Wire {
    /// What libpq needs to cancel a statement.
    ///
    /// Sendable, because it is a copy of its own that libpq only reads, and one thread alone gets it.
    private struct CancelKey: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Cancels the statement under way, if it is still this one's turn.
    ///
    /// PostgreSQL cancels whatever the connection is doing when it is told to. So the turn does not end before the
    /// server has been told: the next statement is none of this task's business.
    func cancel(_ turn: UInt64) {
        let key = state.withLock { state -> CancelKey? in
            guard state.isTaken, state.turn == turn, state.cancellation == .none else { return nil }
            guard state.isOpen, let exchange = state.exchange, !exchange.isDone,
                let key = PQgetCancel(state.connection.pointer)
            else {
                state.cancellation = .asked
                return nil
            }
            state.cancellation = .running
            return CancelKey(pointer: key)
        }
        guard let key else { return }
        tell(key, turn)
        Task {
            let end = ContinuousClock.now + Self.cancellationLimit
            while ContinuousClock.now < end {
                try await Task.sleep(for: Self.cancellationPause)
                guard isStillUnderWay(turn) else { return }
            }
            giveUp(turn)
        }
    }

    private func tell(_ key: CancelKey, _ turn: UInt64) {
        let isStarted = WorkerThread.start {
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(key.pointer, &message, Int32(message.count))
            PQfreeCancel(key.pointer)
            self.isToldToCancel(turn)
        }
        if !isStarted {
            PQfreeCancel(key.pointer)
            giveUp(turn)
        }
    }

    /// Whether the statement goes on although the server was told; then it is told again.
    ///
    /// A server that is told before it has read the statement takes no notice.
    private func isStillUnderWay(_ turn: UInt64) -> Bool {
        let (isUnderWay, key) = state.withLock { state -> (Bool, CancelKey?) in
            guard state.turn == turn, state.isOpen, let exchange = state.exchange else { return (false, nil) }
            guard !exchange.isDone, state.cancellation == .sent, let key = PQgetCancel(state.connection.pointer) else {
                return (true, nil)
            }
            state.cancellation = .running
            return (true, CancelKey(pointer: key))
        }
        if let key { tell(key, turn) }
        return isUnderWay
    }

    private func isToldToCancel(_ turn: UInt64) {
        let ended = state.withLock { state -> Ended? in
            guard state.turn == turn, state.cancellation == .running else { return nil }
            state.cancellation = .sent
            return endIfDone(&state)
        }
        ended?.resume()
    }

    /// The server does not heed the cancellation: the task has waited long enough.
    private func giveUp(_ turn: UInt64) {
        let ended = state.withLock { state -> Ended? in
            guard state.turn == turn, state.exchange != nil else { return nil }
            return lose(&state, CancellationError())
        }
        ended?.resume()
    }
}
#endif
