#if Storage
internal import R2Kit
internal import Synchronization

/// Counts what is under way, and lets nothing more begin once it is closed.
///
/// A call of several requests is let in once: what belongs to it passes a closed gate too.
final class Gate: Sendable {
    private struct State {
        var isClosed = false
        var isTaken = false
        /// Requests, contents that are being read, and calls.
        var running = 0
        /// Calls of several requests, which are cancelled when a shutdown has waited long enough.
        var calls = 0
    }

    /// One thing under way; leaving twice counts once.
    final class Token: Sendable {
        private let gate: Mutex<Gate?>

        fileprivate init(_ gate: Gate) { self.gate = Mutex(gate) }

        deinit { leave() }

        func leave() {
            let gate = gate.withLock { gate in
                defer { gate = nil }
                return gate
            }
            gate?.leave()
        }
    }

    private let state = Mutex(State())
    /// Whether calls are to end at once; it is told of everything that ends after the gate was closed.
    private let cutOff = Monitor(false)

    /// Lets a request begin; one with a pass belongs to what has been let in with it.
    func enter(_ pass: Token? = nil) throws(R2Error) -> Token { try begin(pass, calls: 0) }

    /// Runs a call of several requests in a child task, which a shutdown waits for, and cancels in the end.
    func run<Value: Sendable>(
        _ pass: Token?, _ call: @escaping @Sendable (Token) async throws -> Value
    ) async throws -> Value {
        let token = try begin(pass, calls: 1)
        defer {
            state.withLock { $0.calls -= 1 }
            token.leave()
        }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await call(token) }
            group.addTask { [cutOff] in
                try? await cutOff.wait { $0 ? () : nil }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let value = ended { return value }
                group.cancelAll()
            }
            throw CancellationError()
        }
    }

    private func begin(_ pass: Token?, calls: Int) throws(R2Error) -> Token {
        let isLetIn = state.withLock { state in
            guard !state.isClosed || pass != nil else { return false }
            state.running += 1
            state.calls += calls
            return true
        }
        guard isLetIn else {
            throw R2Error(.clientShutDown, "the client is shutting down, and takes no more requests")
        }
        return Token(self)
    }

    private func leave() {
        let isClosed = state.withLock { state in
            state.running -= 1
            return state.isClosed
        }
        if isClosed { cutOff.change { _ in } }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether calls have been cancelled because a shutdown had waited long enough.
    var hasCutOff: Bool { cutOff.state }

    /// Whether this is the first call: what comes after closing is done once.
    func takesLast() -> Bool {
        state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }

    /// Lets nothing more begin, and returns when all that was under way has ended.
    ///
    /// When the time is over, or the task is cancelled, calls of several requests are cancelled, and only their ends are
    /// waited for.
    func close(within limit: Duration?) async {
        state.withLock { $0.isClosed = true }
        guard await !isIdle(within: limit) else { return }
        cutOff.change { $0 = true }
        // A cancelled transfer cleans up within a time of its own; a cancelled task could not wait for it.
        await Task { try? await self.wait { $0.calls == 0 } }.value
    }

    private func isIdle(within limit: Duration?) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { (try? await self.wait { $0.running == 0 }) != nil }
            if let limit {
                group.addTask {
                    try? await Task.sleep(for: limit)
                    return false
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    private func wait(until condition: (State) -> Bool) async throws(CancellationError) {
        try await cutOff.wait { _ in state.withLock { condition($0) } ? () : nil }
    }
}
#endif
