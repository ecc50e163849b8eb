#if Storage
import NIOCore

/// A reader of HTTP heads and bodies from a connection.
struct MessageReader {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var rest = ByteBuffer()

    /// An error that reports a connection that ended in the middle of a message.
    struct Ended: Error {}

    init(_ stream: NIOAsyncChannelInboundStream<ByteBuffer>) { iterator = stream.makeAsyncIterator() }

    /// Reads up to and including the next empty line.
    ///
    /// Returns `nil` at the end of the connection.
    mutating func head() async throws -> [UInt8]? {
        var searched = 0
        while true {
            let bytes = rest.readableBytesView
            if bytes.count >= 4 {
                for index in bytes.indices.dropFirst(searched).dropLast(3)
                where bytes[index] == 13 && bytes[index + 1] == 10 && bytes[index + 2] == 13 && bytes[index + 3] == 10 {
                    return rest.readBytes(length: index + 4 - rest.readerIndex)
                }
                searched = bytes.count - 3
            }
            guard var more = try await iterator.next() else {
                if rest.readableBytes == 0 { return nil }
                throw Ended()
            }
            rest.discardReadBytes()
            rest.writeBuffer(&more)
        }
    }

    /// Returns the received bytes of the body, or the next ones.
    ///
    /// Returns `nil` at the end of the connection.
    mutating func piece(atMost limit: Int = .max) async throws -> ByteBuffer? {
        if rest.readableBytes == 0 {
            guard let more = try await iterator.next() else { return nil }
            rest = more
        }
        return rest.readSlice(length: min(limit, rest.readableBytes))
    }

    /// Reads a body piece by piece.
    mutating func body(_ length: Int, _ use: (ByteBuffer) async throws -> Void) async throws {
        var missing = length
        while missing > 0 {
            guard let piece = try await piece(atMost: missing) else { throw Ended() }
            missing -= piece.readableBytes
            try await use(piece)
        }
    }
}
#endif
