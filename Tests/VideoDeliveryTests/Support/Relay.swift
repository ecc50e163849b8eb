#if Delivery && Emulator
import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import R2Kit

/// A server that passes requests on to another one, notes their operations, and has the trouble of a log with them.
///
/// The host that clients sign is the relay's, and it is passed on as it is. Each request has a connection of its own.
final class Relay: Sendable {
    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

    /// The address of the relay.
    let endpoint: String
    private let channel: any Channel
    private let task: Task<Void, Never>

    /// Starts a relay on a free port.
    static func start(to config: R2Config, _ log: CallLog) async throws -> Relay {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(BufferedResponseHandler())
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return Relay(listener, upstream: "\(config.endpoint)", log)
    }

    private init(_ listener: NIOAsyncChannel<Connection, Never>, upstream: String, _ log: CallLog) {
        channel = listener.channel
        endpoint = "http://127.0.0.1:\(listener.channel.localAddress?.port ?? 0)"
        task = Task {
            try? await listener.executeThenClose { inbound in
                try await withThrowingDiscardingTaskGroup { group in
                    for try await connection in inbound {
                        group.addTask { try? await Self.serve(connection, upstream, log) }
                    }
                }
            }
        }
    }

    func stop() async {
        try? await channel.close()
        await task.value
    }

    private static func serve(_ connection: Connection, _ upstream: String, _ log: CallLog) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let received): head = received
                case .body(let chunk): body.writeImmutableBuffer(chunk)
                case .end:
                    guard let head else { return }
                    let trouble = log.note(operation(of: head))
                    if let trouble, !trouble.isPerformed { return }
                    let response = try await response(to: head, body, upstream)
                    if trouble != nil { return }
                    try await outbound.write(contentsOf: response)
                    return
                }
            }
        }
    }

    private static func response(
        to head: HTTPRequestHead, _ body: ByteBuffer, _ upstream: String
    ) async throws -> [HTTPPart<HTTPResponseHead, ByteBuffer>] {
        var request = HTTPClientRequest(url: upstream + head.uri)
        request.method = head.method
        request.headers = head.headers
        request.headers.remove(name: "connection")
        request.headers.add(name: "connection", value: "close")
        if body.readableBytes > 0 || head.method == .PUT || head.method == .POST { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
        let content = try await response.body.collect(upTo: 1 << 30)
        var headers = response.headers
        headers.remove(name: "transfer-encoding")
        headers.replaceOrAdd(name: "connection", value: "close")
        if head.method != .HEAD { headers.replaceOrAdd(name: "content-length", value: "\(content.readableBytes)") }
        return [
            .head(HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)), .body(content),
            .end(nil),
        ]
    }

    /// Returns the name of the operation that a request performs.
    private static func operation(of head: HTTPRequestHead) -> String {
        let query = head.uri.split(separator: "?").dropFirst().joined().split(separator: "&")
        let names = Set(query.map { $0.split(separator: "=")[0] })
        return switch head.method {
        case .HEAD: "HeadObject"
        case .GET where names.contains("uploadId"): "ListParts"
        case .GET where names.contains("uploads"): "ListMultipartUploads"
        case .GET where names.contains("list-type"): "ListObjectsV2"
        case .GET: "GetObject"
        case .PUT where names.contains("partNumber"): "UploadPart"
        case .PUT: head.headers.contains(name: "x-amz-copy-source") ? "CopyObject" : "PutObject"
        case .POST where names.contains("uploadId"): "CompleteMultipartUpload"
        case .POST: names.contains("delete") ? "DeleteObjects" : "CreateMultipartUpload"
        case .DELETE: names.contains("uploadId") ? "AbortMultipartUpload" : "DeleteObject"
        default: "unknown"
        }
    }
}
#endif
