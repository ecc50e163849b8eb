#if Storage
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A proxy between a client and a local server that injects faults.
final class FaultProxy: Sendable {
    /// The port on 127.0.0.1 on which the proxy listens.
    let port: Int
    let log: ProxyLog

    private init(port: Int, log: ProxyLog) {
        self.port = port
        self.log = log
    }

    /// Runs a proxy to a port on 127.0.0.1 while the body runs.
    ///
    /// The proxy uses plain HTTP unless it has a TLS context. `refuses` returns whether a connection, counted from 0,
    /// is reset before a byte is read, which is within a TLS handshake. `faults` returns the fault of a request. With
    /// `resetsServer`, the server's connection is reset in the middle of a request, not closed.
    static func run<Result: Sendable>(
        to upstream: Int, tls: NIOSSLContext? = nil, resetsServer: Bool = false,
        refuses: @escaping @Sendable (Int) -> Bool = { _ in false },
        faults: @escaping @Sendable (S3Request) async -> Fault, _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let numbers = Numbers()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    // A refused connection never responds to the client's first bytes.
                    let isRefused = refuses(numbers.next())
                    let peer = PeerPort()
                    try channel.pipeline.syncOperations.addHandler(peer)
                    if let tls, !isRefused {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    return (try ProxyConnection.Stream(wrappingChannelSynchronously: channel), isRefused, peer)
                }
            }
        guard let port = server.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        let proxy = FaultProxy(port: port, log: ProxyLog())
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    await withDiscardingTaskGroup { group in
                        // The proxy ends when the body does, with or without an error.
                        var iterator = connections.makeAsyncIterator()
                        while let (client, isRefused, peer) = try? await iterator.next() {
                            group.addTask {
                                defer { proxy.log.endConnection(fromPort: peer.value) }
                                if isRefused { return await client.channel.reset() }
                                let connection = ProxyConnection(
                                    client: client, upstream: upstream, resetsServer: resetsServer, log: proxy.log,
                                    faults: faults)
                                await connection.serve()
                            }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(proxy)
        }
    }
}

/// A handler that keeps a client's port, which a closed channel no longer knows.
private final class PeerPort: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let port = Mutex<Int?>(nil)

    var value: Int? { port.withLock(\.self) }

    func channelActive(context: ChannelHandlerContext) {
        port.withLock { $0 = context.remoteAddress?.port }
        context.fireChannelActive()
    }
}

extension Channel {
    /// Resets the connection (RST).
    func reset() async {
        if let options = self as? any SocketOptionProvider {
            // Enabled, with no time. (The C structure's initializer is in a private module of NIO.)
            let nothing = unsafeBitCast((Int32(1), Int32(0)), to: NIOLinger.self)
            try? await options.setSoLinger(nothing).get()
        }
        try? await close().get()
    }
}
#endif
