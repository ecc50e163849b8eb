#if Storage
internal import R2Kit

/// Calls of several requests: what has begun is finished, although the client is shutting down meanwhile.
extension R2Client {
    /// The client for all requests of one call, which is let in now, and has ended when no copy of it is left.
    func admitted() throws(R2Error) -> R2Client {
        guard pass == nil else { return self }
        var copy = self
        copy.pass = try core.gate.enter()
        return copy
    }

    /// Runs a call of several requests, and cancels it when a shutdown has waited long enough.
    ///
    /// It throws what `call` throws, and `R2Error` with the code `ClientShutDown` if that was not let in.
    func whole<Value: Sendable>(
        _ call: @escaping @Sendable (R2Client) async throws -> Value
    ) async throws -> Value {
        try await core.gate.run(pass) { token in
            var copy = self
            copy.pass = token
            return try await call(copy)
        }
    }
}
#endif
