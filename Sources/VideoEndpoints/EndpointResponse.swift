#if Delivery
public import HTTPTypes
public import NIOCore

/// A response, whose body your app's web framework sends.
public struct EndpointResponse: Sendable {
    /// The status and the headers.
    ///
    /// `Content-Length` is there if the length is known, and always in a response to HEAD.
    public var head: HTTPResponse
    /// The body.
    public var body: EndpointBody

    init(_ status: HTTPResponse.Status, _ fields: HTTPFields = [:], body: EndpointBody = .empty) {
        head = HTTPResponse(status: status, headerFields: fields)
        self.body = body
        head.headerFields[.xContentTypeOptions] = "nosniff"
        if let length = body.length { head.headerFields[.contentLength] = String(length) }
    }

    /// Reads a body of unknown length, to state its length in a response to HEAD.
    ///
    /// The length of a playlist is known only at its end, but a response to HEAD that doesn't have one gets
    /// `Content-Length: 0` or a chunk from most servers.
    mutating func measureBody() async throws {
        guard body.length == nil else { return }
        var length = 0
        for try await chunk in body { length += chunk.readableBytes }
        head.headerFields[.contentLength] = String(length)
    }
}

/// The body of a response, in chunks, which can be read once.
public struct EndpointBody: AsyncSequence, Sendable {
    private enum Source: Sendable {
        case buffer(ByteBuffer)
        case stream(@Sendable () -> any AsyncIteratorProtocol<ByteBuffer, any Error>)
    }

    private let source: Source

    /// A body without bytes.
    static let empty = EndpointBody(ByteBuffer())

    init(_ buffer: ByteBuffer) { source = .buffer(buffer) }

    init(_ stream: some AsyncSequence<ByteBuffer, any Error> & Sendable) {
        source = .stream { stream.makeAsyncIterator() }
    }

    /// The whole body, or `nil` for one that arrives in chunks.
    public var buffer: ByteBuffer? { if case .buffer(let buffer) = source { buffer } else { nil } }

    /// The length, in bytes, or `nil` if it isn't known.
    var length: Int? { buffer?.readableBytes }

    /// Returns an iterator of the chunks.
    ///
    /// Its `next()` throws if the rest of the body can't be read. Close the connection then, so that nobody takes the
    /// part for the whole.
    public func makeAsyncIterator() -> some AsyncIteratorProtocol<ByteBuffer, any Error> {
        switch source {
        case .buffer(let buffer): Iterator(buffer: buffer.readableBytes > 0 ? buffer : nil, chunks: nil)
        case .stream(let makeIterator): Iterator(buffer: nil, chunks: makeIterator())
        }
    }

    private struct Iterator: AsyncIteratorProtocol {
        var buffer: ByteBuffer?
        var chunks: (any AsyncIteratorProtocol<ByteBuffer, any Error>)?

        mutating func next() async throws -> ByteBuffer? {
            if let buffer {
                self.buffer = nil
                return buffer
            }
            return try await chunks?.next(isolation: nil)
        }
    }
}
#endif
