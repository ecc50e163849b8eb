#if Storage
import NIOCore
import NIOHTTP1
import NIOPosix

extension FakeBucket {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

    /// Serves the bucket on a port of this machine while `body` runs.
    func serve<Value: Sendable>(_ body: (_ port: Int) async throws -> Value) async throws -> Value {
        // Each connection has its task from the moment it is accepted: one that nobody serves would be a trap.
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
                    guard let request = head.map({ Request($0, body) }), let reply = await reply(to: request) else {
                        return
                    }
                    guard try await send(reply, to: request, outbound) else { return }
                }
            }
        }
    }

    /// Sends an answer; `false` if the connection is to be closed.
    private func send(
        _ reply: Reply, to request: Request, _ outbound: NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>
    ) async throws -> Bool {
        var head = HTTPResponseHead(version: .http1_1, status: reply.status, headers: reply.headers)
        if reply.status != .noContent {
            head.headers.replaceOrAdd(name: "content-length", value: String(reply.body.readableBytes))
        }
        try await outbound.write(.head(head))
        if let count = reply.bytesBeforeDrop {
            let piece = reply.body.getSlice(at: reply.body.readerIndex, length: min(count, reply.body.readableBytes))
            if let piece, piece.readableBytes > 0 { try await outbound.write(.body(.byteBuffer(piece))) }
            return false
        }
        if request.method != .HEAD, reply.body.readableBytes > 0 {
            try await outbound.write(.body(.byteBuffer(reply.body)))
        }
        try await outbound.write(.end(nil))
        return true
    }
}

extension FakeBucket.Request {
    init(_ head: HTTPRequestHead, _ body: ByteBuffer) {
        let target = head.uri.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for pair in target.count > 1 ? target[1].split(separator: "&") : [] {
            let fields = pair.split(separator: "=", maxSplits: 1).map { Self.decoded(String($0)) }
            query[fields[0]] = fields.count > 1 ? fields[1] : ""
        }
        let path = target[0].split(separator: "/", maxSplits: 1)  // bucket and key
        self.init(
            method: head.method, key: path.count > 1 ? Self.decoded(String(path[1])) : "", query: query,
            headers: head.headers, body: body)
    }

    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let isEscape = byte == UInt8(ascii: "%")
            if isEscape, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                rest = rest.dropFirst(2)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
