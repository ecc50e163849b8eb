#if Storage
import NIOCore
import NIOPosix
import NIOSSL

/// Stands between a client and a server on this machine, passes on bytes, and does to them what it is told.
final class FaultProxy: Sendable {
    /// Where it listens, on 127.0.0.1.
    let port: Int
    let log: ProxyLog

    private init(port: Int, log: ProxyLog) {
        self.port = port
        self.log = log
    }

    /// Runs a proxy to a port of 127.0.0.1 while the body runs.
    ///
    /// It speaks plain HTTP unless it is given what to speak TLS with. `refuses` says whether a connection, counted from
    /// 0, is reset before a byte is read, which is within a TLS handshake; `faults` what goes wrong with a request.
    static func run<Result: Sendable>(
        to upstream: Int, tls: NIOSSLContext? = nil,
        refuses: @escaping @Sendable (Int) -> Bool = { _ in false },
        faults: @escaping @Sendable (S3Request) async -> Fault, _ body: (FaultProxy) async throws -> Result
    ) async throws -> Result {
        let numbers = Numbers()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 512)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    // One that is refused never answers the client's first words.
                    let isRefused = refuses(numbers.next())
                    if let tls, !isRefused {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    return (try ProxyConnection.Wire(wrappingChannelSynchronously: channel), isRefused)
                }
            }
        guard let port = server.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        let proxy = FaultProxy(port: port, log: ProxyLog())
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    await withDiscardingTaskGroup { group in
                        // Its end, with or without an error, is the proxy's.
                        var iterator = connections.makeAsyncIterator()
                        while let (client, isRefused) = try? await iterator.next() {
                            group.addTask {
                                if isRefused { return await client.channel.reset() }
                                let connection = ProxyConnection(
                                    client: client, upstream: upstream, log: proxy.log, faults: faults)
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

extension Channel {
    /// Resets the connection (RST).
    func reset() async {
        if let options = self as? any SocketOptionProvider {
            // On, and for no time. (The C structure's initializer belongs to a module that NIO keeps for itself.)
            let nothing = unsafeBitCast((Int32(1), Int32(0)), to: NIOLinger.self)
            try? await options.setSoLinger(nothing).get()
        }
        try? await close().get()
    }
}
#endif
