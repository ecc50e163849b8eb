#if Storage
import NIOCore
import NIOPosix
import R2Kit
import R2Storage
import Testing

/// What is said when there is no connection.
@Suite struct ConnectionProblemTests {
    /// A port that nobody listens at any more.
    private func freePort() async throws -> Int {
        try await StubServer.run { _ in
            []
        } _: {
            $0.port
        }
    }

    private func problem(at endpoint: String) async throws -> R2Error? {
        let plain = try Fixture.config(port: 1)
        let config = try R2Config(
            endpoint: R2Endpoint(endpoint), credentials: plain.credentials, bucket: plain.bucket)
        let client = R2Client(config, httpClient: .r2, configuration: .init(retry: .none))
        return await r2Error { _ = try await client.head(Fixture.key()) }
    }

    @Test func `a refused connection is told by that word, for an address`() async throws {
        let error = try await problem(at: "http://127.0.0.1:\(freePort())")
        #expect(error?.code == .connectionFailed && error?.isRetryable == true)
        #expect(error?.message == "no connection: Connection refused")
        #expect(error?.errorDescription == error?.description)
    }

    @Test func `a refused connection is told by that word, for a name`() async throws {
        let port = try await freePort()
        let error = try await problem(at: "http://localhost:\(port)")
        #expect(error?.code == .connectionFailed)
        #expect(error?.message == "no connection to localhost, port \(port): Connection refused")
    }

    @Test func `a server without TLS is told from one with another fault`() async throws {
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
        let expected = "no TLS connection: what answers there does not speak TLS; is its address one with http://?"
        #expect(error?.message == expected)
    }
}

/// Answers in plain HTTP whatever it is sent, as servers do on a port without TLS.
private final class PlainRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
    }
}
#endif
