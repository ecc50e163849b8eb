#if Postgres
internal import CLibPQ
internal import Synchronization

/// Cancellation of the running request.
extension LibPQChannel {
    /// The information that libpq needs to cancel a request.
    ///
    /// Sendable, because it is a copy that libpq only reads, and only one thread gets it.
    private struct CancelKey: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Cancels the running request, if the access with the ticket hasn't ended.
    ///
    /// PostgreSQL cancels whatever the connection runs when the request arrives. So the access doesn't end while a
    /// cancellation request is being sent, which could hit the statement of another task.
    func cancel(_ ticket: UInt64) {
        let key = state.withLock { state -> CancelKey? in
            guard state.isAcquired, state.ticket == ticket, state.cancellation == .none else { return nil }
            guard state.isOpen, let exchange = state.exchange, !exchange.isDone,
                let key = PQgetCancel(state.connection.pointer)
            else {
                state.cancellation = .pending
                return nil
            }
            state.cancellation = .sending
            return CancelKey(pointer: key)
        }
        guard let key else { return }
        sendCancellation(key, ticket)
        Task {
            let end = ContinuousClock.now + Self.cancellationLimit
            while ContinuousClock.now < end {
                try await Task.sleep(for: Self.cancellationPause)
                guard repeatCancellation(ticket) else { return }
            }
            giveUp(ticket)
        }
    }

    private func sendCancellation(_ key: CancelKey, _ ticket: UInt64) {
        let isStarted = WorkerThread.start {
            var message = [CChar](repeating: 0, count: 256)
            _ = PQcancel(key.pointer, &message, Int32(message.count))
            PQfreeCancel(key.pointer)
            self.didSendCancellation(ticket)
        }
        if !isStarted {
            PQfreeCancel(key.pointer)
            giveUp(ticket)
        }
    }

    /// Sends the cancellation again if the request still runs.
    ///
    /// A server ignores a cancellation that arrives before the request.
    ///
    /// - Returns: `false` if the request has ended.
    private func repeatCancellation(_ ticket: UInt64) -> Bool {
        let (isRunning, key) = state.withLock { state -> (Bool, CancelKey?) in
            guard state.ticket == ticket, state.isOpen, let exchange = state.exchange else { return (false, nil) }
            guard !exchange.isDone, state.cancellation == .sent, let key = PQgetCancel(state.connection.pointer) else {
                return (true, nil)
            }
            state.cancellation = .sending
            return (true, CancelKey(pointer: key))
        }
        if let key { sendCancellation(key, ticket) }
        return isRunning
    }

    private func didSendCancellation(_ ticket: UInt64) {
        let completion = state.withLock { state -> Completion? in
            guard state.ticket == ticket, state.cancellation == .sending else { return nil }
            state.cancellation = .sent
            return completeIfDone(&state)
        }
        completion?.resume()
    }

    /// Gives up the connection, since the server doesn't cancel the request.
    private func giveUp(_ ticket: UInt64) {
        let completion = state.withLock { state -> Completion? in
            guard state.ticket == ticket, state.exchange != nil else { return nil }
            return lose(&state, CancellationError())
        }
        completion?.resume()
    }
}
#endif
