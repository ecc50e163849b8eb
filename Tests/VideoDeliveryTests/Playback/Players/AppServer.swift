#if Delivery
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import VideoDelivery

/// The routes of an app for playlists, segments and keys, as its web framework would serve them.
///
/// A token in the path decides what is served: the server looks at no header and at no query.
final class AppServer: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

    let base: String
    private let task: Task<Void, any Error>
    private let channel: any Channel
    private let seen: Mutex<[String]>
    private let handler = Mutex<VideoPlayback<TestViewer>?>(nil)

    /// Starts a server on a free port.
    static func start() async throws -> AppServer {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(BufferedResponseHandler())
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return AppServer(listener)
    }

    private init(_ listener: NIOAsyncChannel<Connection, Never>) {
        channel = listener.channel
        base = "http://127.0.0.1:\(listener.channel.localAddress?.port ?? 0)/play"
        let (requests, respond) = AsyncStream<Connection>.makeStream()
        task = Task {
            try await listener.executeThenClose { inbound in
                for try await connection in inbound { respond.yield(connection) }
                respond.finish()
            }
        }
        seen = Mutex([])
        Task { [self] in
            await withDiscardingTaskGroup { group in
                for await connection in requests { group.addTask { try? await self.serve(connection) } }
            }
        }
    }

    /// The requests so far: the route, the file name and the status.
    var log: [String] { seen.withLock { $0 } }

    /// Serves the playlists of a playback.
    func serve(_ playback: VideoPlayback<TestViewer>) { handler.withLock { $0 = playback } }

    func stop() async throws {
        try await channel.close()
        _ = try? await task.value
    }

    private func serve(_ connection: Connection) async throws {
        try await connection.executeThenClose { inbound, outbound in
            for try await part in inbound {
                guard case .head(let head) = part else { continue }
                let names = head.uri.prefix { $0 != "?" }.split(separator: "/").map(String.init)
                guard names.count == 4, let playback = handler.withLock({ $0 }) else { throw ChannelError.inputClosed }
                let (route, token, file) = (names[1], names[2], names[3])
                let response = await Self.response(of: playback, route, token)
                seen.withLock { $0.append("\(route) \(file) \(response.status.code) \(response.problem)") }
                try await outbound.write(contentsOf: response.parts)
            }
        }
    }

    private struct Response {
        var status = HTTPResponseStatus.ok
        var headers: HTTPHeaders = [:]
        var body = ByteBuffer()
        var problem = ""

        var parts: [HTTPPart<HTTPResponseHead, ByteBuffer>] {
            var headers = headers
            headers.add(name: "content-length", value: String(body.readableBytes))
            return [
                .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)), .body(body), .end(nil),
            ]
        }
    }

    private static func response(
        of playback: VideoPlayback<TestViewer>, _ route: String, _ token: String
    ) async -> Response {
        do {
            if route == "playlist" {
                let playlist = try await playback.playlist(token: token)
                var text = ByteBuffer()
                for try await chunk in playlist.body { text.writeImmutableBuffer(chunk) }
                return Response(
                    headers: ["content-type": playlist.contentType, "cache-control": playlist.cacheControl], body: text)
            }
            let redirect =
                route == "key"
                ? try await playback.keyRedirect(token: token) : try await playback.segmentRedirect(token: token)
            return Response(status: .found, headers: ["location": redirect.url, "cache-control": "no-store"])
        } catch {
            return Response(status: .forbidden, problem: "\(error)")
        }
    }
}

/// Turns buffers into what NIO's encoder takes.
final class BufferedResponseHandler: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPResponseHead, ByteBuffer>
    typealias OutboundOut = HTTPServerResponsePart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPServerResponsePart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}
#endif
