#if Storage
public import NIOCore
public import R2Kit

/// An object whose content is arriving.
public struct R2ObjectStream: Sendable {
    /// What is told of the object.
    public let head: ObjectHead
    /// The content, in chunks as they come; it can be read once.
    ///
    /// It throws `R2Error` if the connection fails or stands still, or the content is not as long as announced. When it
    /// is dropped, or its task cancelled, the rest is not fetched.
    public let body: Body

    /// The content of an object.
    public struct Body: AsyncSequence, Sendable {
        /// Chunks of any size.
        public typealias Element = ByteBuffer

        fileprivate let pump: BodyPump.Handle

        init(_ pump: BodyPump) { self.pump = BodyPump.Handle(pump) }

        /// Reads the content.
        public struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let pump: BodyPump.Handle

            /// The next chunk; `nil` when the content is there to its last byte.
            public mutating func next() async throws -> ByteBuffer? { try await pump.pump.next() }
        }

        /// Begins to read.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pump: pump) }
    }

    /// The whole content, or what has not been read of it.
    /// - Parameter limit: The most bytes that are taken; a buffer holds less than 4 GiB.
    /// - Returns: The bytes.
    /// - Throws: `R2Error`, with the code `EntityTooLarge` if the content has more than `limit`; nothing is read then.
    public func collect(upTo limit: Int) async throws -> ByteBuffer {
        let limit = min(limit, Int(UInt32.max))
        guard head.contentLength <= Int64(limit) else {
            throw R2Error(
                .entityTooLarge, "the content has \(head.contentLength) bytes, more than the \(limit) that are taken")
        }
        return try await body.pump.pump.collect(length: Int(head.contentLength))
    }
}
#endif
