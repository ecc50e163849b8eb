#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import R2Kit

/// The body of one try: counts its bytes, and tells the watchdog that they move.
struct OutgoingBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// What is written at once: large enough to keep a connection busy, small enough to show that bytes move.
    static let chunkLength = 262_144

    let body: R2RequestBody
    let activity: Activity

    struct AsyncIterator: AsyncIteratorProtocol {
        let body: R2RequestBody
        let activity: Activity
        let source: R2RequestBody.ChunkSource
        var brought: Int64 = 0
        var pending = 0

        /// Being asked for a chunk means that the connection has taken the one before.
        mutating func next() async throws -> ByteBuffer? {
            activity.sent(pending, to: body.onSent)
            pending = 0
            activity.asksSource()
            do {
                let chunk = try await source()
                activity.moved()
                brought += Int64(chunk?.readableBytes ?? 0)
                guard brought <= body.length, chunk != nil || brought == body.length else {
                    throw R2KitError(
                        .invalidContentLength,
                        "the body has \(chunk == nil ? "\(brought)" : "more than \(body.length)") bytes, and "
                            + "\(body.length) were announced: say the exact length")
                }
                pending = chunk?.readableBytes ?? 0
                return chunk
            } catch {
                activity.sourceFailed(error)
                throw error
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body, activity: activity, source: body.source())
    }
}

extension R2RequestBody {
    fileprivate func source() -> ChunkSource {
        switch form {
        case .none: return { nil }
        case .bytes(var rest):
            return {
                rest.readableBytes == 0
                    ? nil : rest.readSlice(length: Swift.min(OutgoingBody.chunkLength, rest.readableBytes))
            }
        case .file(let path, let offset):
            var reader: TransferFile?
            var position = offset
            let end = offset + length
            return {
                guard position < end else { return nil }
                let file = if let reader { reader } else { try await TransferFile.reading(path) }
                reader = file
                let chunk = try await file.readWhole(
                    at: position, count: Int(Swift.min(Int64(OutgoingBody.chunkLength), end - position)))
                position += Int64(chunk.readableBytes)
                return chunk
            }
        case .sequence(_, let make): return make()
        }
    }

    /// Whether it is handed over at once, and nobody wants to hear of its bytes.
    var isOnePiece: Bool {
        if case .bytes = form { onSent == nil && length <= OutgoingBody.chunkLength } else { false }
    }

    /// The body as the HTTP client takes it.
    func outgoing(_ activity: Activity) -> HTTPClientRequest.Body? {
        if case .none = form { return nil }
        if case .bytes(let bytes) = form, isOnePiece { return .bytes(bytes) }
        return .stream(OutgoingBody(body: self, activity: activity), length: .known(length))
    }
}
#endif
