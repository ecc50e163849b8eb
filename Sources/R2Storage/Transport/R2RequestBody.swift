#if Storage
internal import AsyncHTTPClient
public import NIOCore
internal import R2Kit

/// The body of a request: bytes in memory, a range of a file, or a sequence of known length.
///
/// R2 requires the length in advance. A request whose body turns out to have another length fails.
///
/// The `onSent` closures receive the number of bytes that were passed to the connection since the last call. When an
/// attempt fails and the body is sent again, they first receive the negative of the number that the failed attempt had
/// sent, so that the sum always describes the current attempt. The sending task calls them, so they should return
/// quickly.
public struct R2RequestBody: Sendable {
    /// A closure that receives the number of bytes that were passed to the connection since the last call.
    public typealias SentCount = @Sendable (Int) -> Void

    /// A closure that returns the next chunk, or `nil` at the end.
    fileprivate typealias ChunkSource = () async throws -> ByteBuffer?

    fileprivate enum Form: Sendable {
        case none
        case bytes(ByteBuffer)
        case file(path: String, offset: Int64)
        case sequence(isRepeatable: Bool, make: @Sendable () -> ChunkSource)
    }

    fileprivate let form: Form
    /// The length of the body, in bytes.
    public let length: Int64
    let onSent: SentCount?

    private init(form: Form, length: Int64, onSent: SentCount?) {
        self.form = form
        self.length = length
        self.onSent = onSent
    }

    /// An empty body.
    public static let none = R2RequestBody(form: .none, length: 0, onSent: nil)

    /// Creates a body from bytes in memory.
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - onSent: A closure that receives the number of bytes sent since the last call.
    /// - Returns: The body, which can be sent again.
    public static func bytes(_ bytes: ByteBuffer, onSent: SentCount? = nil) -> R2RequestBody {
        R2RequestBody(form: .bytes(bytes), length: Int64(bytes.readableBytes), onSent: onSent)
    }

    /// Creates a body from a range of a regular file, which is read while it is sent.
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - offset: The position of the first byte.
    ///   - length: The number of bytes to send.
    ///   - onSent: A closure that receives the number of bytes sent since the last call.
    /// - Returns: The body, which can be sent again. A call with it throws an `R2ValidationError` with the code
    ///   `invalidRange` if no file can have the range.
    public static func file(
        _ path: String, offset: Int64 = 0, length: Int64, onSent: SentCount? = nil
    ) -> R2RequestBody {
        R2RequestBody(form: .file(path: path, offset: offset), length: length, onSent: onSent)
    }

    /// Creates a body from a sequence of chunks that can be read once.
    ///
    /// A request isn't retried after it has started to read the sequence.
    /// - Parameters:
    ///   - chunks: The bytes, in chunks of any size.
    ///   - length: The total number of bytes.
    ///   - onSent: A closure that receives the number of bytes sent since the last call.
    /// - Returns: The body.
    public static func sequence<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, length: Int64, onSent: SentCount? = nil
    ) -> R2RequestBody where Chunks.Element == ByteBuffer {
        R2RequestBody(
            form: .sequence(isRepeatable: false) { Self.source(of: chunks) }, length: length, onSent: onSent)
    }

    /// Creates a body from a closure that makes a new sequence of chunks for each attempt.
    /// - Parameters:
    ///   - length: The total number of bytes.
    ///   - onSent: A closure that receives the number of bytes sent since the last call.
    ///   - make: A closure that is called once per attempt, and returns a sequence of the same bytes each time.
    /// - Returns: The body, which can be sent again.
    public static func repeatable<Chunks: AsyncSequence & Sendable>(
        length: Int64, onSent: SentCount? = nil, _ make: @escaping @Sendable () -> Chunks
    ) -> R2RequestBody where Chunks.Element == ByteBuffer {
        R2RequestBody(
            form: .sequence(isRepeatable: true) { Self.source(of: make()) }, length: length, onSent: onSent)
    }

    private static func source<Chunks: AsyncSequence>(of chunks: Chunks) -> ChunkSource
    where Chunks.Element == ByteBuffer {
        var iterator = chunks.makeAsyncIterator()
        return { try await iterator.next() }
    }

    /// A Boolean value that indicates whether the body can be sent again after sending has started.
    public var isRepeatable: Bool {
        if case .sequence(let isRepeatable, _) = form { isRepeatable } else { true }
    }
}

extension R2RequestBody {
    /// The bytes, if the body is in memory.
    var inMemoryBytes: ByteBuffer? { if case .bytes(let bytes) = form { bytes } else { nil } }

    /// Checks that a file has the bytes that the body names, as far as that is known without opening it.
    /// - Throws: `R2ValidationError` with the code `invalidRange`.
    func checkOffset() throws(R2ValidationError) {
        guard case .file(_, let offset) = form, offset < 0 || length > Int64.max - offset else { return }
        throw R2ValidationError(
            .invalidRange, "Invalid offset \(offset): expected zero or more bytes, in front of \(length) bytes.")
    }

    /// A Boolean value that indicates whether the body is passed to the HTTP client at once, without being counted.
    var isSentInOnePiece: Bool {
        if case .bytes = form { onSent == nil && length <= CountedBody.onePieceLength } else { false }
    }

    /// Returns the body of one attempt in the HTTP client's form.
    func httpBody(_ activity: AttemptActivity, _ sentBytes: SentBytes) -> HTTPClientRequest.Body? {
        if case .none = form { return nil }
        if case .bytes(let bytes) = form, isSentInOnePiece { return .bytes(bytes) }
        return .stream(CountedBody(body: self, activity: activity, sentBytes: sentBytes), length: .known(length))
    }

    fileprivate func makeSource() -> ChunkSource {
        switch form {
        case .none: return { nil }
        case .bytes(var rest):
            return {
                rest.readableBytes == 0
                    ? nil : rest.readSlice(length: min(CountedBody.chunkLength, rest.readableBytes))
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
                    at: position, count: Int(min(Int64(CountedBody.chunkLength), end - position)))
                position += Int64(chunk.readableBytes)
                return chunk
            }
        case .sequence(_, let make): return make()
        }
    }
}

/// The chunks of a body for one attempt, which are counted and reported to the watchdog.
private struct CountedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// The maximum size of a body, in bytes, that isn't worth counting.
    static let onePieceLength = 65_536
    /// The maximum size of a chunk, in bytes: large enough to keep a fast connection busy.
    static let chunkLength = 262_144
    /// The size of the first chunks, in bytes.
    static let firstChunkLength = 32_768
    /// The size of the chunks of a slow connection, in bytes: small enough to show progress.
    static let smallestChunkLength = 16_384

    let body: R2RequestBody
    let activity: AttemptActivity
    let sentBytes: SentBytes

    struct AsyncIterator: AsyncIteratorProtocol {
        let body: R2RequestBody
        let activity: AttemptActivity
        let sentBytes: SentBytes
        let source: R2RequestBody.ChunkSource
        var provided: Int64 = 0
        /// The bytes that the source has provided and the connection hasn't requested yet.
        var rest = ByteBuffer()
        /// The bytes that have been returned.
        var returned: Int64 = 0
        /// The bytes that have been reported as sent.
        var reported: Int64 = 0
        var chunkLength = CountedBody.firstChunkLength

        /// Returns the next chunk, as soon as at most one is on its way to the connection.
        mutating func next() async throws -> ByteBuffer? {
            await reportSent(leaving: Int64(chunkLength))
            if rest.readableBytes == 0 {
                guard let chunk = try await nextOfSource() else {
                    await reportSent(leaving: 0)
                    return nil
                }
                rest = chunk
            }
            let chunk = rest.readSlice(length: Swift.min(chunkLength, rest.readableBytes)) ?? ByteBuffer()
            returned += Int64(chunk.readableBytes)
            return chunk
        }

        /// Reports what has been sent, after waiting until at most `limit` bytes are on their way.
        private mutating func reportSent(leaving limit: Int64) async {
            while returned > reported {
                let sent: (count: Int64, time: Duration)
                if let current = sentBytes.current {
                    sent = current
                } else {
                    // A request for the next chunk means at least that the HTTP client has accepted the previous one.
                    sent = (returned, activity.accepted(Int(returned - reported)))
                }
                if sent.count > reported {
                    activity.sent(sent.count - reported, to: body.onSent)
                    reported = sent.count
                    chunkLength = CountedBody.length(after: chunkLength, time: sent.time, sent: reported)
                }
                guard returned - reported > limit, await sentBytes.wait(for: reported) else { return }
            }
        }

        private mutating func nextOfSource() async throws -> ByteBuffer? {
            activity.sourceStarted()
            do {
                let chunk = try await source()
                activity.progressed()
                provided += Int64(chunk?.readableBytes ?? 0)
                guard provided <= body.length, chunk != nil || provided == body.length else {
                    let actual = chunk == nil ? "\(provided)" : "more than \(body.length)"
                    throw R2ValidationError(
                        .invalidContentLength,
                        "Invalid content length: the body has \(actual) bytes, but \(body.length) were announced.")
                }
                return chunk
            } catch {
                activity.sourceFailed(error)
                throw error
            }
        }
    }

    /// Returns the size of the next chunk.
    /// - Parameters:
    ///   - length: The size of the previous chunk.
    ///   - time: The time that the connection took to accept it.
    ///   - sent: The number of bytes that the connection has accepted.
    /// - Returns: The size, in bytes.
    private static func length(after length: Int, time: Duration, sent: Int64) -> Int {
        if time >= .seconds(1) { return smallestChunkLength }
        // The first bytes only fill buffers, which says nothing about the line.
        return time < .milliseconds(100) && sent >= ConnectionUse.bufferedLength
            ? Swift.min(2 * length, chunkLength) : length
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: body, activity: activity, sentBytes: sentBytes, source: body.makeSource())
    }
}
#endif
