#if Storage
import NIOCore
import NIOHTTP1
import NIOPosix

extension FakeBucket {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// Serves the bucket on a local port while `body` runs.
    func serve<Value: Sendable>(_ body: (_ port: Int) async throws -> Value) async throws -> Value {
        // Each connection has a task from the start, because dropping an unserved channel traps.
        let tasks = Shared<[Task<Void, Never>]>([])
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    let connection = try Connection(wrappingChannelSynchronously: channel)
                    tasks.change { $0.append(Task { try? await self.serve(connection) }) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let result: Result<Value, any Error>
        do { result = .success(try await body(server.localAddress?.port ?? 0)) } catch { result = .failure(error) }
        try? await server.close().get()
        for task in tasks.value { task.cancel() }
        for task in tasks.value { await task.value }
        return try result.get()
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let begun):
                    head = begun
                    body = ByteBuffer()
                case .body(var chunk): body.writeBuffer(&chunk)
                case .end:
                    guard let head, let reply = await reply(to: Request(head: S3Request(head), body: body)) else {
                        return
                    }
                    guard try await send(reply, to: head, outbound) else { return }
                }
            }
        }
    }

    /// Sends a response.
    ///
    /// Returns `false` if the connection must be closed.
    private func send(
        _ reply: Reply, to request: HTTPRequestHead, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        let body = reply.response.body
        try await outbound.write(.head(reply.response.head))
        if let count = reply.bytesBeforeDrop {
            let piece = body.getSlice(at: body.readerIndex, length: min(count, body.readableBytes))
            if let piece, piece.readableBytes > 0 { try await outbound.write(.body(.byteBuffer(piece))) }
            return false
        }
        if request.method != .HEAD, body.readableBytes > 0 {
            try await outbound.write(.body(.byteBuffer(body)))
        }
        try await outbound.write(.end(nil))
        return true
    }
}
#endif
