#if Postgres
import Synchronization

extension Wire {
    /// Waits until it is the caller's turn to use the connection.
    ///
    /// - Returns: The turn's number, to end it with.
    /// - Throws: `CancellationError` if the task is cancelled, unless that is to be ignored.
    nonisolated(nonsending) func takeTurn(ignoringCancellation: Bool = false) async throws -> UInt64 {
        if !ignoringCancellation, Task.isCancelled { throw CancellationError() }
        if let turn = takeTurnIfFree() { return turn }
        guard !ignoringCancellation else {
            _ = await withUnsafeContinuation { wait($0, as: nil) }
            return state.withLock { $0.turn }
        }
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let hasTurn = await withTaskCancellationHandler {
            await withUnsafeContinuation { wait($0, as: id) }
        } onCancel: {
            leaveQueue(id)
        }
        guard hasTurn else { throw CancellationError() }
        return state.withLock { $0.turn }
    }

    /// Takes the turn if nobody has it.
    ///
    /// - Returns: Its number, to end it with.
    func takeTurnIfFree() -> UInt64? { state.withLock { Self.takeIfFree(&$0) } }

    /// Ends a turn; the next in the queue has it.
    func endTurn() {
        let next = state.withLock { state -> Waiter? in
            state.cancellation = .none
            state.turn += 1
            guard !state.waiters.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private static func takeIfFree(_ state: inout State) -> UInt64? {
        guard !state.isTaken else { return nil }
        state.isTaken = true
        return state.turn
    }

    private func wait(_ continuation: UnsafeContinuation<Bool, Never>, as id: UInt64?) {
        // A task that is cancelled from here on finds itself in the queue; one that was before is seen here.
        let hasTurn = state.withLock { state -> Bool? in
            if id != nil, Task.isCancelled { return false }
            if Self.takeIfFree(&state) != nil { return true }
            state.waiters.append(Waiter(id: id ?? 0, continuation: continuation))
            return nil
        }
        if let hasTurn { continuation.resume(returning: hasTurn) }
    }

    private func leaveQueue(_ id: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }
}
#endif
