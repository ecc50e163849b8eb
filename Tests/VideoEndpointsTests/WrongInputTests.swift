#if Delivery && Emulator
import HTTPTypes
import NIOCore
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

@Suite("Requests that aren't valid")
struct WrongInputTests {
    private static let id = "00000000-0000-7000-8000-000000000000"

    @Test(arguments: [
        "/", "/nothing", "/videos/", "/videos/1", "/videos//playback", "/videos/\(id)/", "/videos/\(id)/other",
        "/uploads/\(id)/parts/1", "/play/playlist/token", "/play/playlist//a.m3u8", "/play/other/a/b",
        "/%76ideos", "/VIDEOS", "/s3", "/s3/multipart/", "/s3/sts", "/videos/\(id)%2Fplayback",
    ])
    func `a path without a route isn't found`(path: String) async throws {
        try await EndpointWorld.with { world in
            try await world.send(.get, path).expectProblem(404, "notFound")
        }
    }

    @Test(arguments: [
        "/videos/../videos", "/videos/%2e%2E/x", "/./videos", "/videos/%00", "/videos/a%0d%0ab", "/videos/%",
        "/videos/%f",
        "/videos/%zz", "/videos/%ff", "/videos/a\\b", "/videos/ü", "/videos/a b", "/videos#a",
        "/videos?x=" + String(repeating: "a", count: 20_000),
    ])
    func `a path that others may read differently is refused`(path: String) async throws {
        try await EndpointWorld.with { world in
            try await world.send(.get, path).expectProblem(400, "invalidPath")
        }
    }

    @Test func `a target that isn't a path is refused`() async throws {
        try await EndpointWorld.with { world in
            for target in [nil, "", "*", "https://app.test/api/videos", "api/videos"] {
                let request = HTTPRequest(method: .get, scheme: "https", authority: "app.test", path: target)
                let reply = try await Reply(
                    world.endpoints.respond(to: request, body: EndpointWorld.chunks([]), caller: .ada))
                reply.expectProblem(400, "invalidPath")
            }
            let request = HTTPRequest(method: .get, scheme: "https", authority: "app.test", path: "/apix/videos")
            let reply = try await Reply(
                world.endpoints.respond(to: request, body: EndpointWorld.chunks([]), caller: .ada))
            reply.expectProblem(404, "notFound")
        }
    }

    @Test(
        arguments: [
            (.put, "/videos", "GET, HEAD"), (.post, "/videos/\(id)", "GET, HEAD, PATCH, DELETE"),
            (.get, "/uploads", "POST"), (.head, "/uploads", "POST"), (.patch, "/uploads/\(id)", "GET, HEAD, DELETE"),
            (.get, "/videos/\(id)/restore", "POST"), (.post, "/videos/\(id)/playback", "GET, HEAD"),
            (.delete, "/play/segment/a/b", "GET, HEAD"), (.options, "/s3/multipart", "POST"),
        ] as [(HTTPRequest.Method, String, String)])
    func `a method that a path doesn't have gets the list of those that it has`(
        method: HTTPRequest.Method, path: String, allow: String
    ) async throws {
        try await EndpointWorld.with { world in
            let reply = try await world.send(method, path)
            #expect(reply.status == 405)
            #expect(reply.headers[.allow] == allow)
            if method != .head { reply.expectProblem(405, "methodNotAllowed") }
        }
    }

    @Test func `a request without a caller is refused, whatever it asks for`() async throws {
        var options = EndpointOptions()
        options.authenticationChallenge = "Bearer"
        try await EndpointWorld.with(options: options) { world in
            let id = try await world.ready()
            for (method, path) in [
                (.get, "/videos"), (.get, "/videos/\(id)"), (.post, "/uploads"), (.delete, "/videos/\(id)"),
                (.get, "/videos/\(id)/playback"), (.get, "/s3/params"), (.post, "/uploads/\(id)/complete"),
            ] as [(HTTPRequest.Method, String)] {
                let reply = try await world.send(method, path, as: nil, headers: [.authorization: "Bearer ada"])
                reply.expectProblem(401, "authenticationRequired")
                #expect(reply.headers[.wwwAuthenticate] == "Bearer")
            }
            try await world.send(.get, "/videos", as: Person(name: "")).expectProblem(401, "authenticationRequired")
        }
    }

    @Test func `a body above the limit is refused while it is read`() async throws {
        try await EndpointWorld.with { world in
            let limit = EndpointOptions.maximumBodySize
            let filler = String(repeating: " ", count: limit - 2)
            try await world.send(.post, "/uploads", json: filler + "{}").expectProblem(422, "invalidFields")
            try await world.send(.post, "/uploads", json: filler + "{ }").expectProblem(413, "bodyTooLarge")
            // The announced length is enough.
            try await world.send(.post, "/uploads", headers: [.contentLength: "\(limit + 1)"])
                .expectProblem(413, "bodyTooLarge")
            // An endless body is left as soon as it is too large.
            let request = HTTPRequest(
                method: .post, scheme: "https", authority: "app.test", path: "/api/uploads",
                headerFields: [.contentType: "application/json"])
            let endless = AsyncStream { ByteBuffer(repeating: UInt8(ascii: " "), count: 1000) }
            let reply = try await Reply(world.endpoints.respond(to: request, body: endless, caller: .ada))
            reply.expectProblem(413, "bodyTooLarge")
        }
    }

    @Test func `a body that breaks off is refused`() async throws {
        struct Disconnected: Error {}
        try await EndpointWorld.with { world in
            let request = HTTPRequest(
                method: .post, scheme: "https", authority: "app.test", path: "/api/uploads",
                headerFields: [.contentType: "application/json"])
            let broken = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                continuation.yield(ByteBuffer(string: "{"))
                continuation.finish(throwing: Disconnected())
            }
            let reply = try await Reply(world.endpoints.respond(to: request, body: broken, caller: .ada))
            reply.expectProblem(400, "incompleteBody")
        }
    }

    /// A form on another page can send these without asking first.
    @Test(arguments: [
        "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx",
    ])
    func `a request that a form could send is refused`(type: String) async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            for path in ["/uploads", "/uploads/\(id)/complete", "/videos/\(id)/restore"] {
                try await world.send(.post, path, json: "{}", headers: [.contentType: type])
                    .expectProblem(415, "unsupportedMediaType")
            }
            try await world.send(
                .post, "/uploads", json: "{}",
                headers: [.contentType: "application/json", .contentEncoding: "gzip"]
            ).expectProblem(415, "unsupportedMediaType")
            let reply = try await world.send(
                .post, "/uploads", json: "{}", headers: [.contentType: "Application/JSON ; charset=utf-8"])
            reply.expectProblem(422, "invalidFields")
        }
    }

    @Test(arguments: ["[]", "null", "1", "\"a\""])
    func `a body that isn't an object is refused on every route`(json: String) async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            for path in ["/uploads", "/uploads/\(id)/parts", "/uploads/\(id)/complete", "/videos/\(id)/restore"] {
                try await world.send(.post, path, json: json).expectProblem(400, "invalidJSON")
            }
            try await world.send(.patch, "/videos/\(id)", json: json).expectProblem(400, "invalidJSON")
        }
    }

    @Test(arguments: ["{", "{}}", "nul", "{'a': 1}", "\u{0}", String(repeating: "[", count: 60_000)])
    func `a body that isn't JSON is refused`(json: String) async throws {
        try await EndpointWorld.with { world in
            try await world.send(.post, "/uploads", json: json).expectProblem(400, "invalidJSON")
        }
    }

    @Test(arguments: [
        ("{}", "file"), (#"{"file": 1}"#, "file"), (#"{"file": {"byteSize": 1}}"#, "file.name"),
        (#"{"file": {"name": "a.mp4", "byteSize": "1"}}"#, "file.byteSize"),
        (#"{"file": {"name": "a.mp4", "byteSize": 1.5}}"#, "file.byteSize"),
        (#"{"file": {"name": "a.mp4", "byteSize": 1e40}}"#, "file.byteSize"),
        (#"{"file": {"name": "a.mp4", "byteSize": 1}}"#, "token"),
        (#"{"file": {"name": "a.mp4", "byteSize": 1}, "token": null}"#, "token"),
        (#"{"file": {"name": "a.mp4", "byteSize": 1}, "token": "t", "transport": "boat"}"#, "transport"),
    ])
    func `a body with an invalid field names it`(json: String, field: String) async throws {
        try await EndpointWorld.with { world in
            let reply = try await world.send(.post, "/uploads", json: json)
            reply.expectProblem(422, "invalidFields")
            let fields = reply.object["fields"] as? [[String: String]] ?? []
            #expect(fields.map { $0["name"] } == [field], "\(reply.text)")
            #expect(!reply.text.contains("UploadTransport") && !reply.text.contains("Swift"))
        }
    }

    @Test(arguments: [
        (#"{"name": "a.exe", "byteSize": 1}"#, 422, "typeNotAllowed"),
        (#"{"name": "a.mp4", "byteSize": 0}"#, 422, "sizeNotAllowed"),
        (#"{"name": "", "byteSize": 1}"#, 422, "invalidArgument"),
    ])
    func `a file that the policy doesn't allow is refused`(file: String, status: Int, code: String) async throws {
        try await EndpointWorld.with { world in
            let json = #"{"file": \#(file), "title": "a", "sessionID": "s1", "token": "t"}"#
            try await world.send(.post, "/uploads", json: json).expectProblem(status, code)
        }
    }

    @Test func `names with line breaks and markup stay data`() async throws {
        try await EndpointWorld.with { world in
            let title = #"a\r\nSet-Cookie: x=1\r\n\r\n<script>\u2028"#
            let upload = try await world.send(
                .post, "/uploads",
                json: """
                    {"file": {"name": "a\\r\\nb.mp4", "byteSize": 4096}, "title": "\(title)", "sessionID": "s1",
                     "token": "\\r\\nX: y"}
                    """)
            #expect(upload.status == 200, "\(upload.text)")
            let video = try await world.send(.get, "/videos/\(try upload.string("video"))")
            #expect(video.object["title"] as? String == "a\r\nSet-Cookie: x=1\r\n\r\n<script>\u{2028}")
            for reply in [upload, video] {
                #expect(reply.headers.allSatisfy { !$0.value.contains("\n") && !$0.value.contains("Set-Cookie") })
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                #expect(reply.headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test func `the app's own problems and errors have their responses`() async throws {
        try await EndpointWorld.with { world in
            let json = #"{"file": {"name": "a.mp4", "byteSize": 1}, "token": "t", "sessionID": "SESSION"}"#
            func begin(_ session: String) async throws -> Reply {
                try await world.send(.post, "/uploads", json: json.replacing("SESSION", with: session))
            }
            try await begin("full").expectProblem(409, "sessionFull")
            try await begin("s9").expectProblem(403, "forbidden")
            let failed = try await begin("broken")
            failed.expectProblem(500, "internalError")
            #expect(!failed.text.contains("Failure"))
        }
    }

    @Test func `a caller's open uploads are limited`() async throws {
        try await EndpointWorld.with { world in
            for number in 0..<5 { #expect(try await world.begin(token: "\(number)").status == 200) }
            let reply = try await world.begin(token: "5")
            reply.expectProblem(409, "uploadLimitExceeded")
            #expect((reply.object["usage"] as? [String: Any])?["openUploads"] as? Int == 5)
            #expect(try await world.begin(token: "5", as: .bob).status == 200)
        }
    }
}
#endif
