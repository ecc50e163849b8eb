#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import HTTPTypes
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

@Suite("The look at why a browser's upload failed")
struct FindingTests {
    private static let origin = "https%3A%2F%2Fapp.test"

    private static func rule(
        _ methods: [CORSConfiguration.Rule.Method], headers: [String], exposed: [String]
    ) throws -> CORSConfiguration {
        try CORSConfiguration(rules: [
            CORSConfiguration.Rule(
                allowedOrigins: ["https://app.test"], allowedMethods: methods, allowedHeaders: headers,
                exposedHeaders: exposed)
        ])
    }

    private static func codes(_ world: EndpointWorld, _ query: String = "") async throws -> [String] {
        let id = try await world.begin().string("video")
        return Findings.codes(try await world.send(.get, "/uploads/\(id)?origin=\(origin)\(query)"))
    }

    @Test func `a bucket without rules is named, and read again after 30 seconds`() async throws {
        try await EndpointWorld.with { world in
            #expect(try await Self.codes(world) == ["corsMissing"])
            try await world.client.putBucketCORS(.browserUploads(from: ["https://app.test"]))
            #expect(try await Self.codes(world) == ["corsMissing"])
            world.r2.clock.advance(by: .seconds(30))
            #expect(try await Self.codes(world) == ["corsAllowed"])
        }
    }

    @Test func `each missing permission is named`() async throws {
        try await EndpointWorld.with { world in
            try await world.client.putBucketCORS(
                try Self.rule([.put], headers: ["content-type"], exposed: ["ETag"]))
            #expect(try await Self.codes(world) == ["corsAllowed"])
            #expect(try await Self.codes(world, "&method=GET") == ["corsMethodNotAllowed"])
            #expect(try await Self.codes(world, "&header=content-type,if-none-match") == ["corsHeaderNotAllowed"])
            let id = try await world.begin().string("video")
            let other = try await world.send(.get, "/uploads/\(id)?origin=https%3A%2F%2Fevil.test")
            #expect(Findings.codes(other) == ["corsOriginNotAllowed"])
        }
        try await EndpointWorld.with { world in
            try await world.client.putBucketCORS(try Self.rule([.put], headers: ["*"], exposed: []))
            #expect(try await Self.codes(world) == ["corsETagNotExposed"])
        }
    }

    @Test func `a token without admin rights can't tell`() async throws {
        let key = R2Emulator.Key(
            accessKeyID: "0123456789abcdef0123456789abcdef", secretAccessKey: "secret", permission: .objectReadWrite)
        try await EndpointWorld.with(key: key) { world in
            let codes = try await Self.codes(world)
            #expect(codes == ["corsUnknown"])
        }
    }

    @Test func `a file that has arrived needs no other cause`() async throws {
        try await EndpointWorld.with { world in
            let upload = try await world.begin()
            let id = try upload.string("video")
            try await world.sendFile(SampleVideo.mp4(), upload)
            #expect(try await Findings.codes(world.send(.get, "/uploads/\(id)")) == ["arrived"])
        }
    }

    @Test(arguments: [
        "origin=", "origin=a%20b", "method=BREW", "header=a%0d%0ab", "urlExpiresAt=soon", "attempt=1",
        "origin=a&origin=b", "origin=%ff",
    ])
    func `a question that isn't valid is refused`(query: String) async throws {
        try await EndpointWorld.with { world in
            let id = try await world.begin().string("video")
            try await world.send(.get, "/uploads/\(id)?\(query)").expectProblem(400, "invalidQuery")
        }
    }
}
#endif
