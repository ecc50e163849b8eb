#if Storage
import NIOCore
import NIOPosix
import R2Kit
import R2Storage
import Testing

/// The messages of failed connections.
@Suite struct ConnectionErrorTests {
    /// A port at which no server listens.
    ///
    /// The system doesn't assign it to servers that ask for any port.
    private static let closedPort = 1

    private func problem(at endpoint: String) async throws -> R2Error? {
        let plain = try Fixture.config(port: 1)
        let config = try R2Config(
            endpoint: R2Endpoint(endpoint), credentials: plain.credentials, bucket: plain.bucket)
        let client = R2Client(config, configuration: .init(retry: .none).patient)
        return await r2Error { _ = try await client.head(Fixture.key()) }
    }

    @Test func `the message for an address says that the connection was refused`() async throws {
        let error = try await problem(at: "http://127.0.0.1:\(Self.closedPort)")
        #expect(error?.code == .connectionFailed && error?.isRetryable == true)
        #expect(error?.message == "Can't connect: Connection refused.")
        #expect(error?.errorDescription == error?.description)
    }

    @Test func `the message for a host name says that the connection was refused`() async throws {
        let port = Self.closedPort
        let error = try await problem(at: "http://localhost:\(port)")
        #expect(error?.code == .connectionFailed)
        #expect(error?.message == "Can't connect to localhost, port \(port): Connection refused.")
    }

    @Test func `the message says that a server doesn't speak TLS`() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(PlainRefusal())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let error = try await problem(at: "https://127.0.0.1:\(port)")
        try await server.close()
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("doesn't speak TLS") == true)
    }
}

/// A handler that responds in plain HTTP to anything, as servers do on a port without TLS.
private final class PlainRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let response = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(response), promise: nil)
    }
}
#endif
