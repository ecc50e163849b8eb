#if Storage
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A relay between the command and the server that holds the command's bytes after a limit.
///
/// A held command is in the middle of its work, however fast the machine is.
final class HoldingRelay: Sendable {
    private typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// The port on 127.0.0.1 on which the relay listens.
    let port: Int
    private let upstream: Int
    private let limit: Int
    private let state = Mutex((sent: 0, isOpen: false))

    private init(port: Int, upstream: Int, limit: Int) {
        self.port = port
        self.upstream = upstream
        self.limit = limit
    }

    /// Runs a relay to a port on 127.0.0.1 while the body runs.
    static func run<Result: Sendable>(
        to upstream: Int, holdingAfter limit: Int, _ body: (HoldingRelay) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
        guard let port = server.channel.localAddress?.port else { throw ChannelError.unknownLocalAddress }
        let relay = HoldingRelay(port: port, upstream: upstream, limit: limit)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { clients in
                    await withDiscardingTaskGroup { group in
                        var iterator = clients.makeAsyncIterator()
                        // Both sides notice the end of a connection, with or without an error.
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

    /// Waits until some of a command's bytes are held, or the command has ended.
    func holds(_ command: RunningProgram) async throws {
        while !isHolding, command.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Passes everything on new connections.
    ///
    /// Held bytes are dropped.
    func open() { state.withLock { $0.isOpen = true } }

    private var isHolding: Bool { state.withLock { !$0.isOpen && $0.sent > limit } }

    private func serve(_ client: Connection) async throws {
        let server = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: upstream) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
        try await client.executeThenClose { requests, toClient in
            try await server.executeThenClose { responses, toServer in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        var isHeld = false
                        for try await bytes in requests {
                            self.state.withLock { $0.sent += bytes.readableBytes }
                            while self.isHolding {
                                isHeld = true
                                try await Task.sleep(for: .milliseconds(5))
                            }
                            // The rest of a part may have left the command and must not reach the server later.
                            if isHeld { return }
                            try await toServer.write(bytes)
                        }
                    }
                    group.addTask { for try await bytes in responses { try await toClient.write(bytes) } }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }
}

extension HoldingRelay {
    /// Starts a download in small ranges, and calls a body when the relay holds it.
    ///
    /// The body gets the relay, the command, and the environment of commands that use the relay.
    static func holdDownload(
        of key: String, to target: String, from bucket: MemoryBucket,
        _ body: (HoldingRelay, RunningProgram, [String: String]) async throws -> Void
    ) async throws {
        try await run(to: bucket.port, holdingAfter: 30_000) { relay in
            let environment = bucket.environment.merging(["R2_ENDPOINT": "http://127.0.0.1:\(relay.port)"]) { $1 }
            let get = try RunningCommand.start(
                ["get", key, target, "--range-size", "64K", "--concurrency", "1"], environment: environment)
            try await relay.holds(get)
            try await body(relay, get, environment)
        }
    }
}
#endif
