#if Storage
import NIOCore

/// Chunks of bytes as an asynchronous sequence.
struct Chunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let chunks: [[UInt8]]
    /// The error to throw after the last chunk.
    var error: (any Error)?

    init(_ chunks: [[UInt8]], error: (any Error)? = nil) {
        self.chunks = chunks
        self.error = error
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        var chunks: ArraySlice<[UInt8]>
        let error: (any Error)?

        mutating func next() async throws -> ByteBuffer? {
            if let chunk = chunks.popFirst() { return ByteBuffer(bytes: chunk) }
            if let error { throw error }
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(chunks: chunks[...], error: error) }
}
#endif
