#if Emulator && Delivery && SQLite
import NIOCore
import NIOPosix
import TestSupport

/// A TCP connection over which a test sends bytes that no HTTP client would send.
enum RawConnection {
    /// Opens a connection to a server, runs a body, and closes it.
    static func with<Output: Sendable>(
        _ server: RunningServer, _ body: (Writer, NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> Output
    ) async throws -> Output {
        guard let port = server.url.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw TestSupportError("no port in \(server.url)")
        }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(Writer(outbound: outbound), inbound)
        }
    }

    /// The sending side of a connection.
    struct Writer: Sendable {
        let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

        func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    }

    /// Sends bytes, and returns everything that arrives until the server closes the connection.
    static func exchange(_ text: String, with server: RunningServer) async throws -> String {
        try await with(server) { writer, inbound in
            try await writer.send(text)
            return try await rest(of: inbound)
        }
    }

    /// Returns what arrives until the server closes the connection.
    static func rest(of inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var received = ""
        do {
            for try await chunk in inbound { received += String(buffer: chunk) }
        } catch is IOError {
            // The server closed the connection before it had read everything.
        }
        return received
    }
}
#endif
