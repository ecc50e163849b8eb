#if Delivery && Emulator
import Foundation
import HTTPTypes
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

@Suite("Thumbnails")
struct ThumbnailTests {
    static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + Array(repeating: 7, count: 996)
    static let webP: [UInt8] = Array("RIFF\u{10}\u{0}\u{0}\u{0}WEBPVP8 ".utf8) + Array(repeating: 7, count: 100)

    private static func begin(
        _ world: EndpointWorld, _ video: String, type: String = "image/jpeg", byteSize: Int = jpeg.count,
        as person: Person = .ada
    ) async throws -> Reply {
        try await world.send(
            .post, "/videos/\(video)/thumbnail", json: #"{"contentType": "\#(type)", "byteSize": \#(byteSize)}"#,
            as: person)
    }

    private static func send(_ world: EndpointWorld, _ begun: Reply, _ bytes: [UInt8]) async throws -> Int {
        let request = try #require(begun.object["request"] as? [String: Any])
        let headers = try #require(request["headers"] as? [String: String])
        return try await world.put(
            try #require(request["url"] as? String), bytes, headers: headers.filter { $0.key != "content-length" })
    }

    private static func complete(
        _ world: EndpointWorld, _ video: String, _ begun: Reply, as person: Person = .ada
    ) async throws -> Reply {
        try await world.send(
            .post, "/videos/\(video)/thumbnail/complete",
            json: #"{"thumbnail": "\#(try begun.string("thumbnail"))"}"#, as: person)
    }

    private static func store(_ world: EndpointWorld, _ video: String, _ bytes: [UInt8] = jpeg) async throws -> Reply {
        let type = bytes.starts(with: [0xFF]) ? "image/jpeg" : "image/webp"
        let begun = try await begin(world, video, type: type, byteSize: bytes.count)
        #expect(try await send(world, begun, bytes) == 200)
        return try await complete(world, video, begun)
    }

    private static func thumbnailKeys(_ world: EndpointWorld) async throws -> [String] {
        var keys: [String] = []
        for try await object in world.client.list(prefix: "videos/") where object.key.rawValue.contains("/thumbnails/")
        {
            keys.append(object.key.rawValue)
        }
        return keys
    }

    @Test func `thumbnails that nobody completes are limited, and deleted later`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            for _ in 0..<10 {
                #expect(try await Self.send(world, try await Self.begin(world, id), Self.jpeg) == 200)
            }
            let refused = try await Self.begin(world, id)
            #expect(refused.status == 429 && refused.headers[.retryAfter] == "900")
            #expect(try await Self.thumbnailKeys(world).count == 10)
            world.r2.clock.advance(by: .seconds(1801))
            #expect(try await Self.store(world, id, Self.webP).status == 200)
            #expect(try await Self.thumbnailKeys(world).count == 1)
        }
    }

    @Test func `a thumbnail is sent, checked and listed, and a new one replaces it`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let begun = try await Self.begin(world, id)
            try Golden.expect("thumbnail-begin", begun)
            #expect(try await Self.send(world, begun, Self.jpeg) == 200)
            // The URL stores one picture, also before it is checked.
            #expect(try await Self.send(world, begun, Array(Self.jpeg.reversed())) == 412)
            try Golden.expect("thumbnail-complete", try await Self.complete(world, id, begun))
            #expect(try await Self.complete(world, id, begun).status == 200)

            for path in ["/videos/\(id)", "/videos"] {
                let reply = try await world.send(.get, path)
                let video = (reply.object["videos"] as? [[String: Any]])?.first ?? reply.object
                let url = try #require(video["thumbnailURL"] as? String)
                #expect(try await world.get(url).body == Self.jpeg)
            }
            let second = try await Self.store(world, id, Self.webP)
            #expect(try await world.get(try second.string("thumbnailURL")).body == Self.webP)
            #expect(try await Self.thumbnailKeys(world).count == 1)
        }
    }

    @Test func `the URL of a thumbnail stays the same for a while`() async throws {
        try await EndpointWorld.with { world in
            let hour = (Date().timeIntervalSince1970 / 3600).rounded(.down) * 3600
            world.r2.clock.stop(at: Date(timeIntervalSince1970: hour))
            let id = try await world.ready()
            let url = try await Self.store(world, id).string("thumbnailURL")
            world.r2.clock.advance(by: .seconds(3599))
            #expect(try await world.send(.get, "/videos/\(id)").string("thumbnailURL") == url)
            #expect(try await world.get(url).status == 200)
            world.r2.clock.advance(by: .seconds(2))
            #expect(try await world.send(.get, "/videos/\(id)").string("thumbnailURL") != url)
        }
    }

    @Test(arguments: [
        ("image/png", 100, "typeNotAllowed"), ("image/svg+xml", 100, "typeNotAllowed"), ("", 100, "typeNotAllowed"),
        ("image/jpeg", 0, "sizeNotAllowed"), ("image/webp", 1_048_577, "sizeNotAllowed"),
    ])
    func `another type or size isn't allowed`(type: String, byteSize: Int, code: String) async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            try await Self.begin(world, id, type: type, byteSize: byteSize).expectProblem(422, code)
        }
    }

    @Test func `a picture that is something else is refused and deleted`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            for (type, bytes) in [
                ("image/jpeg", Array("<html><script>".utf8)), ("image/webp", Self.jpeg), ("image/jpeg", [0xFF]),
            ] as [(String, [UInt8])] {
                let begun = try await Self.begin(world, id, type: type, byteSize: bytes.count)
                try await Self.complete(world, id, begun).expectProblem(409, "notUploaded")
                #expect(try await Self.send(world, begun, bytes) == 200)
                try await Self.complete(world, id, begun).expectProblem(422, "typeNotAllowed")
                try await Self.complete(world, id, begun).expectProblem(409, "notUploaded")
            }
            #expect(try await Self.thumbnailKeys(world) == [])
            #expect(try await world.send(.get, "/videos/\(id)").object["thumbnailURL"] == nil)
        }
    }

    @Test func `only those who may edit the video give it a thumbnail`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let other = try await world.ready(token: "t2", as: .bob)
            let begun = try await Self.begin(world, id)
            #expect(try await Self.send(world, begun, Self.jpeg) == 200)
            try await Self.begin(world, id, as: .bob).expectProblem(404, "notFound")
            try await Self.complete(world, id, begun, as: .bob).expectProblem(404, "notFound")
            try await Self.begin(world, id, as: .teacher).expectProblem(403, "forbidden")
            try await Self.complete(world, id, begun, as: .teacher).expectProblem(403, "forbidden")
            // The picture of one video doesn't become that of another.
            try await Self.complete(world, other, begun, as: .bob).expectProblem(409, "notUploaded")
            _ = try await world.send(.delete, "/videos/\(id)")
            try await Self.complete(world, id, begun).expectProblem(404, "notFound")
        }
    }

    @Test func `a new file leaves the pictures of the old one behind, and housekeeping deletes them`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            _ = try await Self.store(world, id)
            let late = try await Self.begin(world, id)
            #expect(try await Self.send(world, late, Self.jpeg) == 200)
            world.r2.clock.advance(by: .seconds(1))
            let file = #"{"file": {"name": "new.mp4", "byteSize": 5000}, "token": "r1"}"#
            let upload = try await world.send(.post, "/videos/\(id)/replacement", json: file)
            try await world.sendFile(SampleVideo.mp4(5000), upload)
            #expect(try await world.send(.get, "/videos/\(id)").object["thumbnailURL"] != nil)
            let completed = try await world.send(.post, "/uploads/\(id)/complete")
            #expect(completed.object["byteSize"] as? Int == 5000 && completed.object["thumbnailURL"] == nil)

            // A picture of the old file doesn't become that of the new one.
            try await Self.complete(world, id, late).expectProblem(409, "notUploaded")
            let new = try await Self.store(world, id, Self.webP)
            #expect(try await world.get(try new.string("thumbnailURL")).body == Self.webP)
            #expect(try await Self.thumbnailKeys(world).count == 3)
            try await Self.keepHouse(world)
            #expect(try await Self.thumbnailKeys(world).count == 1)
            #expect(try await world.get(world.send(.get, "/videos/\(id)").string("thumbnailURL")).body == Self.webP)
        }
    }

    /// Runs housekeeping once, after all delays.
    private static func keepHouse(_ world: EndpointWorld) async throws {
        world.r2.clock.advance(by: .seconds(40 * 86_400))
        let clock = world.r2.clock
        let uploads = try VideoUploads(catalog: world.catalog, client: world.client, clock: { clock.now })
        _ = try await VideoHousekeeping(uploads).runOnce()
    }

    @Test func `a purge deletes the thumbnail and what was never completed`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            _ = try await Self.store(world, id)
            let begun = try await Self.begin(world, id)
            #expect(try await Self.send(world, begun, Self.jpeg) == 200)
            #expect(try await Self.thumbnailKeys(world).count == 2)
            _ = try await world.send(.delete, "/videos/\(id)")
            try await Self.keepHouse(world)
            #expect(try await Self.thumbnailKeys(world) == [])
            let videoID = try #require(Video.ID(id))
            #expect(try await world.catalog.video(id: videoID, includingDeleted: true) == nil)
        }
    }
}
#endif
