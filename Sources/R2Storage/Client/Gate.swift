#if Storage
internal import R2Kit
internal import Synchronization

/// Counts what is under way, and lets nothing more begin once it is closed.
final class Gate: Sendable {
    private struct State {
        var isClosed = false
        var isTaken = false
        var running = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
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

    func enter() throws(R2Error) -> Token {
        let isOpen = state.withLock { state in
            if !state.isClosed { state.running += 1 }
            return !state.isClosed
        }
        guard isOpen else {
            throw R2Error(.clientShutDown, "the client is shutting down, and takes no more requests")
        }
        return Token(self)
    }

    private func leave() {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.running -= 1
            guard state.running == 0, state.isClosed else { return [] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Whether this is the first call: what comes after closing is done once.
    func takesLast() -> Bool {
        state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
    }

    /// Lets nothing more begin, and returns when all that was under way has ended.
    func close() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                state.isClosed = true
                if state.running > 0 { state.waiting.append(continuation) }
                return state.running == 0
            }
            if isIdle { continuation.resume() }
        }
    }
}
#endif
