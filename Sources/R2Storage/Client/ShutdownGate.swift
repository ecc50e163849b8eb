#if Storage
internal import AsyncHTTPClient
internal import R2Kit
internal import Synchronization

extension R2Client {
    /// Shuts the client down: rejects new calls, waits for those in progress, and closes connections that it owns.
    ///
    /// Calls in progress are those that started before the shutdown, with all the requests that they still need:
    /// requests with their retries, transfers, deletions of many objects, listings and bodies that are being read.
    ///
    /// When ``R2ClientConfiguration/shutdownTimeLimit`` is over, or the task is canceled, the shutdown stops waiting.
    /// It cancels transfers, which fail with ``TransferError/Code/cancelled`` and clean up according to their options'
    /// `onFailure`. Other calls fail when the connections are closed. On an HTTP client that this client doesn't own,
    /// they continue.
    ///
    /// A shutdown affects all copies of the client. A second call waits too, and does nothing else.
    /// - Throws: An error from closing the connections.
    public func shutdown() async throws {
        await core.gate.close(within: core.configuration.shutdownTimeLimit)
        guard core.ownsHTTPClient, core.gate.claimFinalStep() else { return }
        try await core.httpClient.shutdown()
    }

    /// Returns a client whose requests belong to one call, which is admitted now and ends with the last copy.
    func admitted() throws(R2Error) -> R2Client {
        guard admission == nil else { return self }
        var copy = self
        copy.admission = try core.gate.enter()
        return copy
    }

    /// Runs a call of several requests.
    ///
    /// A shutdown that has waited long enough cancels it.
    /// - Parameter call: A closure that receives a client whose requests pass a closed gate.
    /// - Returns: The value that `call` returns.
    /// - Throws: Any error that `call` throws. An `R2Error` with the code `ClientShutDown` if the client is shutting
    ///   down.
    func withAdmission<Value: Sendable>(
        _ call: @escaping @Sendable (R2Client) async throws -> Value
    ) async throws -> Value {
        try await core.gate.run(admission) { admission in
            var copy = self
            copy.admission = admission
            return try await call(copy)
        }
    }
}

/// A counter of calls in progress that rejects new ones once it is closed.
///
/// A call of several requests is admitted once. The requests that belong to it pass a closed gate too.
final class ShutdownGate: Sendable {
    private struct State {
        var isClosed = false
        var isFinalStepClaimed = false
        /// The number of requests, bodies that are being read, and calls in progress.
        var running = 0
        /// The number of calls of several requests, which are canceled when a shutdown has waited long enough.
        var cancellableCalls = 0
    }

    /// The right of one request or call to run.
    ///
    /// Leaving twice counts once.
    final class Admission: Sendable {
        private let gate: Mutex<ShutdownGate?>

        fileprivate init(_ gate: ShutdownGate) { self.gate = Mutex(gate) }

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
    /// A Boolean value that indicates whether calls must end now.
    ///
    /// Everything that ends after the gate was closed signals a change.
    private let cancellation = Monitor(false)

    /// Admits a request.
    /// - Parameter parent: The admission of the call that the request belongs to, if there is one.
    /// - Returns: The admission, which counts until it is left or deallocated.
    /// - Throws: An `R2Error` with the code `ClientShutDown` if the gate is closed and there is no parent.
    func enter(_ parent: Admission? = nil) throws(R2Error) -> Admission { try admit(parent, cancellableCalls: 0) }

    /// Runs a call of several requests in a child task, which a shutdown waits for and finally cancels.
    func run<Value: Sendable>(
        _ parent: Admission?, _ call: @escaping @Sendable (Admission) async throws -> Value
    ) async throws -> Value {
        let admission = try admit(parent, cancellableCalls: 1)
        defer {
            state.withLock { $0.cancellableCalls -= 1 }
            admission.leave()
        }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await call(admission) }
            group.addTask { [cancellation] in
                try? await cancellation.wait { $0 ? () : nil }
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

    private func admit(_ parent: Admission?, cancellableCalls: Int) throws(R2Error) -> Admission {
        let isAdmitted = state.withLock { state in
            guard !state.isClosed || parent != nil else { return false }
            state.running += 1
            state.cancellableCalls += cancellableCalls
            return true
        }
        guard isAdmitted else {
            throw R2Error(.clientShutDown, "The client is shutting down and accepts no new requests.")
        }
        return Admission(self)
    }

    private func leave() {
        let isClosed = state.withLock { state in
            state.running -= 1
            return state.isClosed
        }
        if isClosed { cancellation.change { _ in } }
    }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// A Boolean value that indicates whether a shutdown has waited long enough and canceled the remaining calls.
    var hasCancelledCalls: Bool { cancellation.state }

    /// Returns `true` the first time it is called, so that the step after closing is carried out once.
    func claimFinalStep() -> Bool {
        state.withLock { state in
            defer { state.isFinalStepClaimed = true }
            return !state.isFinalStepClaimed
        }
    }

    /// Closes the gate, and returns when everything in progress has ended.
    ///
    /// When the time is over, or the task is canceled, calls of several requests are canceled. From then on only the
    /// ends of those calls are waited for.
    func close(within limit: Duration?) async {
        state.withLock { $0.isClosed = true }
        guard await !waitUntilIdle(within: limit) else { return }
        cancellation.change { $0 = true }
        // A canceled transfer cleans up within a time limit of its own. A canceled task couldn't wait for that.
        await Task { try? await self.wait { $0.cancellableCalls == 0 } }.value
    }

    private func waitUntilIdle(within limit: Duration?) async -> Bool {
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
        try await cancellation.wait { _ in state.withLock { condition($0) } ? () : nil }
    }
}
#endif
