#if Delivery && Emulator
import HTTPTypes
import TestSupport
import Testing
import VideoCatalog
import VideoEndpoints

@Suite("Another user's identifiers")
struct ForeignUserTests {
    private typealias Request = (method: HTTPRequest.Method, path: String, json: String?)

    private static let missing = "00000000-0000-7000-8000-000000000000"
    private static let file = #"{"file": {"name": "a.mp4", "byteSize": 1}, "token": "t"}"#

    /// All routes with the identifier of a video.
    private static let requests: [Request] = [
        (.get, "/videos/ID", nil), (.head, "/videos/ID", nil), (.patch, "/videos/ID", #"{"title": "x"}"#),
        (.delete, "/videos/ID", nil), (.post, "/videos/ID/restore", nil), (.post, "/videos/ID/replacement", file),
        (.get, "/videos/ID/playback", nil), (.get, "/videos/ID/playback?rendition=hls", nil),
        (.get, "/videos/ID/playlist", nil), (.get, "/uploads/ID", nil), (.delete, "/uploads/ID", nil),
        (.post, "/uploads/ID/complete", nil), (.post, "/uploads/ID/parts", #"{"numbers": [1]}"#),
        (.post, "/videos/ID/thumbnail", #"{"contentType": "image/jpeg", "byteSize": 10}"#),
        (.post, "/videos/ID/thumbnail/complete", #"{"thumbnail": "00000000-0000-7000-8000-000000000000"}"#),
        (.get, "/uploads/ID?attempt=ATTEMPT", nil), (.delete, "/uploads/ID?attempt=ATTEMPT", nil),
        (.post, "/uploads/ID/complete", #"{"attempt": "ATTEMPT"}"#),
        (.post, "/uploads/ID/parts", #"{"numbers": [1], "attempt": "ATTEMPT"}"#),
    ]

    /// Ada's video in a state.
    private static func video(_ state: String, _ world: EndpointWorld) async throws -> (id: String, attempt: String) {
        switch state {
        case "open":
            let upload = try await world.begin(UploadRouteTests.twoParts)
            return (try upload.string("video"), try upload.string("attempt"))
        case "rejected":
            let upload = try await world.begin()
            try await world.sendFile(SampleVideo.text(), upload)
            let id = try upload.string("video")
            #expect(try await world.send(.post, "/uploads/\(id)/complete").status == 422)
            return (id, try upload.string("attempt"))
        case "canceled":
            let upload = try await world.begin()
            let id = try upload.string("video")
            #expect(try await world.send(.delete, "/uploads/\(id)").status == 200)
            return (id, try upload.string("attempt"))
        default:
            let id = try await world.readyStream()
            if state == "deleted" { #expect(try await world.send(.delete, "/videos/\(id)").status == 200) }
            guard state == "replaced" else { return (id, missing) }
            let upload = try await world.send(.post, "/videos/\(id)/replacement", json: file)
            return (id, try upload.string("attempt"))
        }
    }

    /// The response is the same as for a video that doesn't exist, so that nobody can find out which ones do.
    @Test(arguments: ["open", "rejected", "canceled", "ready", "deleted", "replaced"])
    func `no route reports more of a video than that there is none`(state: String) async throws {
        try await EndpointWorld.with(delivery: UploadRouteTests.inParts) { world in
            let (id, attempt) = try await Self.video(state, world)
            let before = try await world.catalog.video(id: #require(Video.ID(id)), includingDeleted: true)
            for (method, path, json) in Self.requests {
                func send(_ video: String) async throws -> Reply {
                    try await world.send(
                        method, path.replacing("ID", with: video).replacing("ATTEMPT", with: attempt),
                        json: json?.replacing("ATTEMPT", with: attempt), as: .bob)
                }
                let (foreign, absent) = (try await send(id), try await send(Self.missing))
                #expect(foreign.status == 404, "\(method) \(path)")
                #expect(foreign.text.replacing(id, with: Self.missing) == absent.text, "\(method) \(path)")
                #expect(foreign.headers == absent.headers, "\(method) \(path)")
            }
            let after = try await world.catalog.video(id: #require(Video.ID(id)), includingDeleted: true)
            #expect(before == after)
        }
    }

    @Test func `a token of another user's upload begins an upload of one's own`() async throws {
        try await EndpointWorld.with { world in
            let ada = try await world.begin(token: "t1").string("video")
            let bob = try await world.begin(token: "t1", as: .bob).string("video")
            #expect(ada != bob)
            try await world.send(.get, "/videos/\(ada)", as: .bob).expectProblem(404, "notFound")
        }
    }

    @Test func `no route for Uppy works with another user's upload`() async throws {
        try await EndpointWorld.with(delivery: UploadRouteTests.inParts) { world in
            let begin = """
                {"filename": "a.mp4", "metadata": {"byteSize": \(UploadRouteTests.twoParts), "token": "u",
                 "sessionID": "s1"}}
                """
            let upload = try await world.send(.post, "/s3/multipart", json: begin)
            let path = "/s3/multipart/" + PercentEncoded.of(try upload.string("uploadId"))
            let query = "?key=" + PercentEncoded.of(try upload.string("key"))
            for (method, rest) in [
                (.get, query), (.get, "/1\(query)"), (.get, "/batch\(query)&partNumbers=1"),
                (.post, "/complete\(query)"), (.delete, query),
            ] as [(HTTPRequest.Method, String)] {
                let reply = try await world.send(method, path + rest, as: .bob)
                reply.expectProblem(404, "notFound")
                #expect(!reply.text.contains("ada"))
            }
            let (id, key) = (try upload.string("uploadId"), try upload.string("key"))
            for method in ["PUT", "GET", "POST", "DELETE"] {
                let json = #"{"method": "\#(method)", "key": "\#(key)", "uploadId": "\#(id)", "partNumber": 1}"#
                let signed = try await world.send(.post, "/s3/sign", json: json, as: .bob)
                // A URL that leads back to the endpoints gives nobody a right.
                #expect(signed.status == 404 || !signed.text.contains("X-Amz-"), "\(method) \(signed.text)")
            }
            let object = "/s3/object\(query)&uploadId=\(PercentEncoded.of(id))"
            for method in [.get, .post, .delete] as [HTTPRequest.Method] {
                let reply = try await world.send(
                    method, object, as: .bob, headers: [.contentType: "application/xml"])
                #expect(reply.status == 404 && !reply.text.contains("ada"), "\(method) \(reply.text)")
            }
            // The teacher sees the video, and isn't among those who may manage its upload.
            #expect(try await world.send(.delete, path + query, as: .teacher).status == 404)
            #expect(try await world.send(.get, path + query).status == 200)
        }
    }

    @Test func `a player's token ends with the right of its viewer`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            let url = try await world.send(.get, "/videos/\(id)/playback?rendition=hls").string("url")
            let path = String(url.dropFirst(EndpointWorld.prefix.count))
            #expect(try await world.send(.get, path, as: nil).status == 200)
            try await world.catalog.update(#require(Video.ID(id))) { $0.uploadedBy = "bob" }
            try await world.send(.get, path, as: nil).expectProblem(403, "playbackForbidden")
            // The caller of the request doesn't matter, only the viewer of the token.
            try await world.send(.get, path, as: .teacher).expectProblem(403, "playbackForbidden")
        }
    }

    @Test func `uploads that begin at the same time don't exceed the limit together`() async throws {
        try await EndpointWorld.with { world in
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<24 { group.addTask { try await world.begin(token: "\(number)").status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 5, 409: 19])
            let usage = try await world.catalog.uploadUsage(of: "ada")
            #expect(usage.openUploads == 5)
        }
    }

    @Test func `the same upload begins once, however many requests there are`() async throws {
        try await EndpointWorld.with { world in
            let videos = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<24 { group.addTask { try await world.begin().string("video") } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(videos.count == 1)
        }
    }
}
#endif
