#if Storage
public import NIOCore

/// What a request carries: bytes at hand, a piece of a file, or a sequence of known length.
///
/// R2 wants to know the length beforehand. A body that brings another number of bytes fails the request.
///
/// The `onSent` closures are told of the bytes as they are handed to the connection: how many more they have become.
/// When a try has failed and the body is sent again, they are first told the negative of what that try had sent, so that
/// the sum is always that of the current try. They are called on the sending task and should return at once.
public struct R2RequestBody: Sendable {
    /// Hears how many more bytes have been handed to the connection.
    public typealias SentCount = @Sendable (Int) -> Void

    enum Form: Sendable {
        case none
        case bytes(ByteBuffer)
        case file(path: String, offset: Int64)
        case sequence(isRepeatable: Bool, make: @Sendable () -> ChunkSource)
    }

    /// Brings the next chunk, or `nil` at the end.
    typealias ChunkSource = () async throws -> ByteBuffer?

    let form: Form
    /// How many bytes it has.
    public let length: Int64
    let onSent: SentCount?

    /// Nothing.
    public static let none = R2RequestBody(form: .none, length: 0, onSent: nil)

    /// Bytes at hand.
    public static func bytes(_ bytes: ByteBuffer, onSent: SentCount? = nil) -> R2RequestBody {
        R2RequestBody(form: .bytes(bytes), length: Int64(bytes.readableBytes), onSent: onSent)
    }

    /// A piece of a regular file, which is read while it is sent.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - offset: The position of the first byte.
    ///   - length: How many bytes are sent.
    ///   - onSent: Hears how many more bytes have been sent.
    /// - Returns: The body; it can be sent again.
    public static func file(
        _ path: String, offset: Int64 = 0, length: Int64, onSent: SentCount? = nil
    ) -> R2RequestBody {
        R2RequestBody(form: .file(path: path, offset: offset), length: length, onSent: onSent)
    }

    /// A sequence of chunks that can be read once, so that a request which has begun is not sent again.
    /// - Parameters:
    ///   - chunks: The bytes, in chunks of any size.
    ///   - length: How many bytes there are in all.
    ///   - onSent: Hears how many more bytes have been sent.
    /// - Returns: The body.
    public static func sequence<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, length: Int64, onSent: SentCount? = nil
    ) -> R2RequestBody where Chunks.Element == ByteBuffer {
        R2RequestBody(
            form: .sequence(isRepeatable: false) { Self.source(of: chunks) }, length: length, onSent: onSent)
    }

    /// A sequence of chunks that is made anew for each try.
    /// - Parameters:
    ///   - length: How many bytes there are in all.
    ///   - onSent: Hears how many more bytes have been sent.
    ///   - make: Makes the sequence; it is called once a try, and brings the same bytes each time.
    /// - Returns: The body; it can be sent again.
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

    /// Whether it can be sent a second time after it has begun to be sent.
    public var isRepeatable: Bool {
        if case .sequence(let isRepeatable, _) = form { isRepeatable } else { true }
    }
}
#endif
