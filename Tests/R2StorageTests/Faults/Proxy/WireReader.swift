#if Storage
import NIOCore

/// Reads heads and bodies of HTTP messages from a connection.
struct WireReader {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var rest = ByteBuffer()

    /// The other side has gone in the middle of a message.
    struct Ended: Error {}

    init(_ stream: NIOAsyncChannelInboundStream<ByteBuffer>) { iterator = stream.makeAsyncIterator() }

    /// Reads up to and with the next empty line; `nil` at the end of the connection.
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

    /// What has come of the body so far, or the next that comes of it; `nil` at the end of the connection.
    mutating func piece(atMost limit: Int = .max) async throws -> ByteBuffer? {
        if rest.readableBytes == 0 {
            guard let more = try await iterator.next() else { return nil }
            rest = more
        }
        return rest.readSlice(length: min(limit, rest.readableBytes))
    }

    /// Reads a body, piece by piece.
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
