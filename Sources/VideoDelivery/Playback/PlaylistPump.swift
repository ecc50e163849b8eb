#if Delivery
internal import NIOCore
internal import R2Storage

/// Reads a playlist from R2 and rewrites it, chunk by chunk.
actor PlaylistPump {
    /// The maximum size of a chunk that is rewritten at a time, in bytes.
    private static let chunkSize = 16_384

    private var rewriter: PlaylistRewriter
    private var source: (any AsyncIteratorProtocol<ByteBuffer, any Error>)?
    private var unread = ByteBuffer()
    private var first: ByteBuffer?
    /// `nil` once the end was reported.
    private var reportEnd: (@Sendable ((any Error)?) -> Void)?

    /// Creates a pump that has rewritten the first chunk.
    ///
    /// - Parameters:
    ///   - stream: The playlist as it is stored.
    ///   - rewriter: The rewriter.
    ///   - reportEnd: A closure that is called once: at the end of the playlist, or with the error that stopped it.
    /// - Throws: A ``PlaylistError`` if that can't be rewritten, or an `R2Error` if it doesn't arrive.
    init(
        _ stream: R2ObjectStream, _ rewriter: PlaylistRewriter,
        reportEnd: @escaping @Sendable ((any Error)?) -> Void
    ) async throws {
        self.rewriter = rewriter
        self.reportEnd = reportEnd
        source = stream.body.makeAsyncIterator()
        first = try await rewritten()
    }

    /// Returns the next bytes, or `nil` at the end.
    func next() async throws -> ByteBuffer? {
        if let chunk = first {
            first = nil
            return chunk
        }
        return try await rewritten()
    }

    private func report(_ error: (any Error)?) {
        reportEnd?(error)
        reportEnd = nil
    }

    private func rewritten() async throws -> ByteBuffer? {
        do {
            let chunk = try await nextChunk()
            if chunk == nil { report(nil) }
            return chunk
        } catch {
            report(error)
            throw error
        }
    }

    private func nextChunk() async throws -> ByteBuffer? {
        while true {
            while let chunk = unread.readBytes(length: min(Self.chunkSize, unread.readableBytes)), !chunk.isEmpty {
                let text = try rewriter.rewrite(chunk)
                if !text.isEmpty { return ByteBuffer(bytes: text) }
            }
            // Taken out while it's used: nothing else reads from it, and an error ends it.
            guard var iterator = source else { return nil }
            source = nil
            if let buffer = try await iterator.next(isolation: self) {
                unread = buffer
                source = iterator
            } else {
                let text = try rewriter.finish()
                return text.isEmpty ? nil : ByteBuffer(bytes: text)
            }
        }
    }
}

/// The body of a rewritten playlist.
struct PlaylistBody: AsyncSequence, Sendable {
    let pump: PlaylistPump

    struct AsyncIterator: AsyncIteratorProtocol {
        let pump: PlaylistPump

        mutating func next() async throws -> ByteBuffer? { try await pump.next() }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pump: pump) }
}
#endif
