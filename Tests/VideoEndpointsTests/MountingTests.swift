#if Delivery && Emulator
import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Testing
import VideoEndpoints

/// A responder that mounts endpoints in Hummingbird.
private struct EndpointsResponder: HTTPResponder {
    let endpoints: VideoEndpoints<Person>

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        // A real app looks up the session here.
        let caller = request.headers[.authorization].map { Person(name: $0) }
        let response = await endpoints.respond(to: request.head, body: request.body, caller: caller)
        let body =
            response.body.buffer.map { ResponseBody(byteBuffer: $0) } ?? ResponseBody(asyncSequence: response.body)
        return Response(status: response.head.status, headers: response.head.headerFields, body: body)
    }
}

@Suite("Endpoints in a web framework")
struct MountingTests {
    private static func serve(_ world: EndpointWorld, _ body: (String) async throws -> Void) async throws {
        let (ports, started) = AsyncStream.makeStream(of: Int.self)
        let app = Application(
            responder: EndpointsResponder(endpoints: world.endpoints),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { started.yield($0.localAddress?.port ?? 0) },
            logger: Logger(label: "app") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await app.run() }
            let port = try #require(await ports.first { _ in true })
            try await body("http://127.0.0.1:\(port)/api")
            group.cancelAll()
        }
    }

    private static func send(
        _ method: HTTPMethod, _ url: String, json: String? = nil, as user: String? = "ada"
    ) async throws -> (status: Int, headers: HTTPHeaders, body: String) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let user { request.headers.add(name: "authorization", value: user) }
        if let json {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: json))
        }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        let body = try await response.body.collect(upTo: 1 << 20)
        return (Int(response.status.code), response.headers, String(buffer: body))
    }

    @Test func `Hummingbird serves the endpoints`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            try await Self.serve(world) { url in
                let video = try await Self.send(.GET, "\(url)/videos/\(id)")
                #expect(video.status == 200)
                #expect(video.headers.first(name: "content-length") == "\(video.body.utf8.count)")
                let head = try await Self.send(.HEAD, "\(url)/videos/\(id)")
                #expect(head.status == 200 && head.body.isEmpty)
                #expect(head.headers.first(name: "content-length") == "\(video.body.utf8.count)")
                let edited = try await Self.send(.PATCH, "\(url)/videos/\(id)", json: #"{"title": "New"}"#)
                #expect(edited.status == 200 && edited.body.contains(#""title":"New""#))
                let playlist = try await Self.send(.GET, "\(url)/videos/\(id)/playlist")
                #expect(playlist.status == 200)
                let playlistHead = try await Self.send(.HEAD, "\(url)/videos/\(id)/playlist")
                #expect(playlistHead.status == 200 && playlistHead.body.isEmpty)
                #expect(playlistHead.headers.first(name: "content-length") == "\(playlist.body.utf8.count)")
                #expect(playlist.headers.first(name: "content-type") == "application/vnd.apple.mpegurl")
                #expect(playlist.headers.first(name: "content-encoding") == nil)
                #expect(playlist.body.hasPrefix("#EXTM3U\n"))
                let refused = try await Self.send(.GET, "\(url)/videos", as: nil)
                #expect(refused.status == 401)
                // The path arrives as it was sent.
                #expect(try await Self.send(.GET, "\(url)/s3/multipart/a%2Fb%3D?key=x").status == 404)
                #expect(try await Self.send(.GET, "\(url)/videos/%2e%2e").status == 400)
            }
        }
    }
}
#endif
