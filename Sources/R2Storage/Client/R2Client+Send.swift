#if Storage
internal import AsyncHTTPClient
public import R2Kit

extension R2Client {
    /// Sends an operation, again if need be, and reads the answer.
    ///
    /// The content of an object is dropped here: use ``stream(_:)`` for that.
    /// - Parameters:
    ///   - operation: The operation.
    ///   - body: The bytes of an operation that brings some, such as `PutObject` and `UploadPart`.
    /// - Returns: What the answer says.
    /// - Throws: `R2Error` for an error that R2 answered or a connection that failed, `R2KitError` for what would be
    ///   refused, before anything is sent; `CancellationError`; and whatever the body's own source throws, such as
    ///   ``R2FileError``.
    public func send<Operation: R2Operation>(
        _ operation: Operation, body: R2RequestBody = .none
    ) async throws -> Operation.Output {
        let token = try core.gate.enter()
        defer { token.leave() }
        return try await perform(operation, body)
    }

    /// Sends an operation that belongs to a call which is under way, even while the client is shutting down.
    package func perform<Operation: R2Operation>(
        _ operation: Operation, _ body: R2RequestBody = .none
    ) async throws -> Operation.Output {
        try await core.telemetry.span(of: operation) { span in
            try await Call(self, operation, body, span).run { answer, _ in
                try operation.output(from: try await answer.whole(for: operation))
            }
        }
    }

    /// Asks for an object, and hands over its content as it arrives.
    ///
    /// It is tried again until the content begins; a fault after that is thrown by the content's sequence. Ask for the
    /// rest with a range and `ifMatch` then.
    ///
    /// ```swift
    /// let stream = try await client.stream(GetObject(key))
    /// for try await chunk in stream.body { try await writer.write(chunk) }
    /// ```
    /// - Parameter operation: The object, or a range of it.
    /// - Returns: What is told of the object, and its content.
    /// - Throws: As ``send(_:body:)`` does.
    public func stream(_ operation: GetObject) async throws -> R2ObjectStream {
        let token = try core.gate.enter()
        do {
            return try await core.telemetry.span(of: operation) { span in
                try await Call(self, operation, .none, span).run { answer, activity in
                    guard (200..<300).contains(answer.status) else {
                        _ = try operation.output(from: try await answer.whole(for: operation))
                        throw answer.problem("the answer is no content", of: operation)
                    }
                    let head = try operation.output(from: answer.head)
                    let pump = BodyPump(
                        answer.body, length: head.contentLength, stallTimeout: core.configuration.stallTimeout,
                        activity: activity, token: token, problem: { answer.problem($0, of: operation) },
                        count: { core.telemetry.received($0, by: GetObject.name) })
                    return R2ObjectStream(head: head, body: .init(pump))
                }
            }
        } catch {
            token.leave()
            throw error
        }
    }
}
#endif
