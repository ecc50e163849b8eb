#if Storage
internal import NIOCore
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
        let token = try core.gate.enter(pass)
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
        let token = try core.gate.enter(pass)
        do {
            return try await core.telemetry.span(of: operation) { span in
                try await Call(self, operation, .none, span).run { answer, _ in
                    var content = try await answer.content(of: operation)
                    if let meters = core.telemetry.meters(of: GetObject.name) {
                        content.count = { meters.received(Int64($0)) }
                    }
                    return R2ObjectStream(
                        head: content.head, body: .init(BodyPump(content, core.watchdog, token)))
                }
            }
        } catch {
            token.leave()
            throw error
        }
    }

    /// Asks for an object, and hands over its content within the try that brings it, which takes no task more.
    ///
    /// It is tried again until the content begins.
    /// - Parameters:
    ///   - operation: The object, or a range of it.
    ///   - check: Is given what is told of the object, before its content.
    ///   - take: Takes the content, chunk by chunk.
    /// - Throws: ``ContentFault`` once the content has begun, which holds what `check` or `take` threw if it was they; and
    ///   as ``send(_:body:)`` does.
    func read(
        _ operation: GetObject, check: @escaping @Sendable (ObjectHead) throws -> Void,
        _ take: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let token = try core.gate.enter(pass)
        defer { token.leave() }
        try await core.telemetry.span(of: operation) { span in
            try await Call(self, operation, .none, span).run { answer, _ in
                let content = try await answer.content(of: operation)
                do {
                    try check(content.head)
                    try await content.forEach { chunk in
                        try await take(chunk)
                        return true
                    }
                } catch {
                    throw ContentFault(error: error)
                }
            }
        }
    }
}
#endif
