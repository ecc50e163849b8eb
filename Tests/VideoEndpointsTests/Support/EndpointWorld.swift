#if Delivery && Emulator
import TestSupport
import AsyncHTTPClient
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

/// An app with endpoints, a catalog in memory, and an emulator of R2 whose clock all of them use.
struct EndpointWorld: Sendable {
    let r2: R2Emulator
    let catalog: InMemoryVideoRepository
    let client: R2Client
    let uploads: VideoUploads
    let endpoints: VideoEndpoints<Person>

    static let prefix = "/api"

    /// Runs a test in a new world, whose clock stands still.
    ///
    /// - Parameters:
    ///   - delivery: The options of uploads.
    ///   - options: The options of the endpoints, with the prefix of the tests.
    ///   - mode: The URLs of segments.
    ///   - key: The access key, or `nil` for one with all permissions.
    ///   - logger: The logger of the endpoints.
    ///   - retry: The attempts of the client that talks to the emulator.
    ///   - authorization: The rules of the app.
    ///   - managers: Those who manage uploads of others.
    ///   - body: The test.
    /// - Throws: Any error of the test.
    static func with(
        delivery: VideoDeliveryOptions = VideoDeliveryOptions(), options: EndpointOptions = EndpointOptions(),
        mode: PlaylistDelivery.Mode = .presigned, key: R2Emulator.Key? = nil, logger: Logger? = nil,
        retry: RetryPolicy = RetryPolicy(), authorization: any EndpointAuthorization<Person> = Classroom(),
        managers: UploadAuthorization = .uploaderOnly, _ body: (EndpointWorld) async throws -> Void
    ) async throws {
        var emulator = R2Emulator.Options()
        if let key { emulator.keys = [key] }
        let r2 = try await R2Emulator.start(emulator)
        do {
            r2.clock.stop(at: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)))
            try await body(try EndpointWorld(r2, delivery, options, mode, logger, retry, authorization, managers))
        } catch {
            await r2.stop()
            throw error
        }
        await r2.stop()
    }

    private init(
        _ r2: R2Emulator, _ delivery: VideoDeliveryOptions, _ options: EndpointOptions, _ mode: PlaylistDelivery.Mode,
        _ logger: Logger?, _ retry: RetryPolicy, _ authorization: any EndpointAuthorization<Person>,
        _ managers: UploadAuthorization
    ) throws {
        let clock: CatalogClock = { r2.clock.now }
        self.r2 = r2
        catalog = InMemoryVideoRepository(clock: clock)
        client = R2Client(r2.config, configuration: R2ClientConfiguration(retry: retry, stallTimeout: .onBusyMachine))
        var options = options
        options.prefix = Self.prefix
        var parts = delivery
        parts.singleRequestLimit = 0
        let policy = UploadPolicy(maximumSize: 1 << 40, limits: UploadLimits(openUploads: 5))
        let playlists = PlaylistDelivery(
            mode: mode, routes: options.playbackRoutes,
            tokens: try PlaylistTokenSigner(secret: [UInt8](repeating: 7, count: 32)),
            rewriting: .init(keys: .route))
        uploads = try VideoUploads(
            catalog: catalog, client: client, policy: policy, options: delivery, authorization: managers, clock: clock)
        endpoints = try VideoEndpoints(
            uploads: uploads,
            playback: try VideoPlayback(
                catalog: catalog, client: client, authorization: Classroom(), playlists: playlists, clock: clock),
            uppyUploads: try VideoUploads(
                catalog: catalog, client: client, policy: policy, options: parts, authorization: managers, clock: clock),
            client: client, authorization: authorization, options: options, logger: logger,
            clock: clock)
    }

    // MARK: Requests

    /// Sends a request to the endpoints.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path and query below the prefix.
    ///   - json: The body. `POST` and `PATCH` have the media type of JSON even without one.
    ///   - person: The caller.
    ///   - headers: Headers, which replace those that this method would set.
    /// - Returns: The response, whose body has been read.
    /// - Throws: An error if the body can't be read.
    func send(
        _ method: HTTPRequest.Method, _ path: String, json: String? = nil, as person: Person? = .ada,
        headers: HTTPFields = [:]
    ) async throws -> Reply {
        var fields: HTTPFields = [:]
        if json != nil || method == .post || method == .patch { fields[.contentType] = "application/json" }
        for field in headers { fields[field.name] = field.value.isEmpty ? nil : field.value }
        let request = HTTPRequest(
            method: method, scheme: "https", authority: "app.test", path: Self.prefix + path, headerFields: fields)
        return try await Reply(
            endpoints.respond(to: request, body: Self.chunks(Array((json ?? "").utf8)), caller: person))
    }

    /// A body that arrives in chunks of seven bytes.
    static func chunks(_ bytes: [UInt8]) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            for start in stride(from: 0, to: bytes.count, by: 7) {
                continuation.yield(ByteBuffer(bytes: bytes[start..<min(start + 7, bytes.count)]))
            }
            continuation.finish()
        }
    }

    /// Begins an upload of a file with a size.
    func begin(
        _ byteSize: Int = 4096, token: String = "t1", title: String = "Lecture 1", as person: Person = .ada
    ) async throws -> Reply {
        try await send(
            .post, "/uploads",
            json: """
                {"file": {"name": "lecture.mp4", "contentType": "video/mp4", "byteSize": \(byteSize)},
                 "title": "\(title)", "sessionID": "s1", "token": "\(token)"}
                """, as: person)
    }

    /// Uploads a file until it is ready.
    ///
    /// - Returns: The identifier of the video.
    func ready(token: String = "t1", title: String = "Lecture 1", as person: Person = .ada) async throws -> String {
        let upload = try await begin(token: token, title: title, as: person)
        let id = try upload.string("video")
        try await sendFile(SampleVideo.mp4(), upload)
        let video = try await send(.post, "/uploads/\(id)/complete", as: person)
        #expect(video.status == 200)
        return id
    }

    /// Makes a video ready that has an HLS stream with a key, and returns its identifier.
    func readyStream() async throws -> String {
        let id = try await ready()
        let videoID = try #require(Video.ID(id))
        let files = [
            "master.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow.m3u8\n",
            "low.m3u8":
                "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-KEY:METHOD=AES-128,URI=\"k.key\"\n#EXTINF:2,\ns1.ts\n"
                + "#EXT-X-ENDLIST\n",
            "s1.ts": "segment", "k.key": "0123456789abcdef",
        ]
        for (name, text) in files {
            try await client.put(Array(text.utf8), to: try ObjectKey("videos/\(id)/hls/\(name)"))
        }
        try await catalog.update(videoID) { row in
            row.renditions = [.init(kind: "hls", key: "videos/\(id)/hls/master.m3u8")]
        }
        return id
    }

    // MARK: Clients

    /// Sends everything that the response to `begin` asks for.
    func sendFile(_ bytes: [UInt8], _ upload: Reply) async throws {
        if let request = upload.object["request"] as? [String: Any] {
            #expect(try await sendSigned(request, bytes) == 200)
        }
        for part in upload.object["parts"] as? [[String: Any]] ?? [] {
            let offset = try #require(part["offset"] as? Int)
            let length = try #require(part["length"] as? Int)
            let request = try #require(part["request"] as? [String: Any])
            #expect(try await sendSigned(request, Array(bytes[offset..<(offset + length)])) == 200)
        }
    }

    private func sendSigned(_ request: [String: Any], _ body: [UInt8]) async throws -> Int {
        let headers = try #require(request["headers"] as? [String: String])
        return try await put(
            try #require(request["url"] as? String), body, headers: headers.filter { $0.key != "content-length" })
    }

    func put(_ url: String, _ body: [UInt8], headers: [String: String] = [:]) async throws -> Int {
        var request = HTTPClientRequest(url: url)
        request.method = .PUT
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(bytes: body))
        // A connection of its own: the server may close an idle one just when the next request is sent.
        request.headers.add(name: "connection", value: "close")
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        _ = try await response.body.collect(upTo: 1 << 20)
        return Int(response.status.code)
    }

    func get(_ url: String) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "connection", value: "close")
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        return (Int(response.status.code), Array(try await response.body.collect(upTo: 1 << 24).readableBytesView))
    }
}
#endif
