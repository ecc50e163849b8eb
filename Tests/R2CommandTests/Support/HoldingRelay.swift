#if Storage
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// Stands between the command and the server, and holds what the command says once it has said so much.
///
/// A command that is held is in the middle of its work, however fast the machine is.
final class HoldingRelay: Sendable {
    private typealias Wire = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Where it listens, on 127.0.0.1.
    let port: Int
    private let upstream: Int
    private let limit: Int
    private let state = Mutex((said: 0, isOpen: false))

    private init(port: Int, upstream: Int, limit: Int) {
        self.port = port
        self.upstream = upstream
        self.limit = limit
    }

    /// Runs one to a port of 127.0.0.1 while the body runs.
    static func run<Result: Sendable>(
        to upstream: Int, holdingAfter limit: Int, _ body: (HoldingRelay) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
            }
        guard let port = server.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        let relay = HoldingRelay(port: port, upstream: upstream, limit: limit)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { clients in
                    await withDiscardingTaskGroup { group in
                        var iterator = clients.makeAsyncIterator()
                        // A connection that ends, with or without an error, is its two sides' business.
                        while let client = try? await iterator.next() {
                            group.addTask { try? await relay.serve(client) }
                        }
                    }
                }
            }
            defer { group.cancelAll() }
            return try await body(relay)
        }
    }

    /// Waits until something of a command's is held, or the command has ended by itself.
    func holds(_ command: RunningProgram) async throws {
        while !isHolding, command.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Lets everything pass on new connections; what is held is lost.
    func open() { state.withLock { $0.isOpen = true } }

    private var isHolding: Bool { state.withLock { !$0.isOpen && $0.said > limit } }

    private func serve(_ client: Wire) async throws {
        let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: upstream) { channel in
                channel.eventLoop.makeCompletedFuture { try Wire(wrappingChannelSynchronously: channel) }
            }
        try await client.executeThenClose { requests, toClient in
            try await server.executeThenClose { answers, toServer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        var isHeld = false
                        for try await bytes in requests {
                            self.state.withLock { $0.said += bytes.readableBytes }
                            while self.isHolding {
                                isHeld = true
                                try await Task.sleep(for: .milliseconds(5))
                            }
                            // The rest of a part may have left the command, and must not reach the server later.
                            if isHeld { return }
                            try await toServer.write(bytes)
                        }
                    }
                    group.addTask { for try await bytes in answers { try await toClient.write(bytes) } }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }
}
#endif
