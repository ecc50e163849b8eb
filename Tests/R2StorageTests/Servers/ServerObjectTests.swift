#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Objects on real servers", .againstServers)
struct ServerObjectTests {
    static func key(_ name: String) throws -> ObjectKey { try ObjectKey("\(UUID().uuidString)/\(name)") }

    @Test(arguments: TestServer.allCases)
    func `an object is stored, checked, read, copied and deleted`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let (key, copy) = (try Self.key("a b+c&d%.mp4"), try Self.key("Kopie \u{E9}.mp4"))
        let content = RandomBytes.buffer(100_000)
        let properties = ObjectProperties(
            contentType: "video/mp4", cacheControl: "max-age=60", userMetadata: ["video-id": "42"])
        let stored = try await client.put(content, to: key, properties: properties)

        let head = try await client.head(key)
        #expect(head.etag == stored.etag && head.contentLength == 100_000 && head.contentType == "video/mp4")
        #expect(head.userMetadata["video-id"] == "42" && head.cacheControl == "max-age=60")
        #expect(try await client.exists(key))
        #expect(try await client.get(key).collect(upTo: 200_000) == content)
        for (range, expected) in [
            (try ByteRange.bytes(10, through: 19), 10..<20), (try .from(99_990), 99_990..<100_000),
            (try .last(7), 99_993..<100_000),
        ] {
            let stream = try await client.get(key, range: range)
            #expect(stream.metadata.totalLength == 100_000)
            let part = try await stream.collect(upTo: 200_000)
            #expect(part == content.getSlice(at: expected.lowerBound, length: expected.count))
        }

        #expect(try await client.copy(CopySource(key), to: copy).etag == stored.etag)
        #expect(try await client.head(copy).userMetadata["video-id"] == "42")
        try await client.copy(CopySource(key), to: copy, metadata: .replace(.init(contentType: "video/webm")))
        let replaced = try await client.head(copy)
        #expect(replaced.contentType == "video/webm" && replaced.userMetadata["video-id"] == nil)

        try await client.delete(key)
        try await client.delete(key)
        #expect(try await client.exists(key) == false)
        let missing = await #expect(throws: R2Error.self) { _ = try await client.get(key) }
        #expect(missing?.code == .noSuchKey && missing?.isRetryable == false)
        let headed = await #expect(throws: R2Error.self) { _ = try await client.head(key) }
        #expect(headed?.isNotFound == true && headed?.status == 404)
    }

    @Test(arguments: TestServer.allCases)
    func `bodies of all forms are stored`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let content = RandomBytes.buffer(700_000)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(content.readableBytesView).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let chunks = Chunks(
            stride(from: 0, to: 700_000, by: 33_333).map { start in
                content.getBytes(at: start, length: min(33_333, 700_000 - start)) ?? []
            })
        let bodies: [(String, R2RequestBody, ByteBuffer)] = [
            ("bytes", .bytes(content), content), ("empty", .bytes(ByteBuffer()), ByteBuffer()),
            ("file", .file(path, length: 700_000), content),
            (
                "piece", .file(path, offset: 1000, length: 5000),
                content.getSlice(at: 1000, length: 5000) ?? ByteBuffer()
            ),
            ("sequence", .sequence(chunks, length: 700_000), content),
            ("repeatable", .repeatable(length: 700_000) { chunks }, content),
        ]
        for (name, body, expected) in bodies {
            let key = try Self.key(name)
            try await client.put(body, to: key)
            #expect(try await client.get(key).collect(upTo: 1_000_000) == expected, "\(name)")
        }
        // With a body that is hashed and signed.
        var configuration = R2ClientConfiguration()
        configuration.signedBodyLimit = 1_000_000
        let signing = R2Client(client.config, configuration: configuration)
        let key = try Self.key("signed")
        try await signing.put(content, to: key)
        #expect(try await client.get(key).collect(upTo: 1_000_000) == content)
    }

    @Test(arguments: TestServer.allCases)
    func `conditions are checked`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let key = try Self.key("once")
        let etag = try await client.put([1], to: key, conditions: .init(precondition: .ifAbsent)).etag
        let second = await #expect(throws: R2Error.self) {
            try await client.put([2], to: key, conditions: .init(precondition: .ifAbsent))
        }
        #expect(second?.isPreconditionFailed == true)
        #expect(try await client.head(key, conditions: .init(precondition: .ifMatch(etag))).etag == etag)
        let unchanged = await #expect(throws: R2Error.self) {
            _ = try await client.head(key, conditions: .init(precondition: .ifNoneMatch(etag)))
        }
        #expect(unchanged?.code == .notModified)
        let other = await #expect(throws: R2Error.self) {
            _ = try await client.get(key, conditions: .init(precondition: .ifMatch(try ETag("other"))))
        }
        #expect(other?.isPreconditionFailed == true)
        let beyond = await #expect(throws: R2Error.self) { _ = try await client.get(key, range: .from(1000)) }
        #expect(beyond?.code == .invalidRange)
    }

    @Test(.needs(.ifMatchOnPut, of: .emulator))
    func `R2Emulator stores an object if the ETag matches`() async throws { try await replace(.emulator) }

    @Test(.needs(.ifMatchOnPut, of: .seaweedFS))
    func `SeaweedFS stores an object if the ETag matches`() async throws { try await replace(.seaweedFS) }

    @Test(.needs(.ifMatchOnPut, of: .swift))
    func `OpenStack Swift stores an object if the ETag matches`() async throws { try await replace(.swift) }

    private func replace(_ server: TestServer) async throws {
        let client = try await server.running().client
        let key = try Self.key("replaced")
        let first = try await client.put([1], to: key).etag
        try await client.put([2], to: key, conditions: .init(precondition: .ifMatch(first)))
        let late = await #expect(throws: R2Error.self) {
            try await client.put([3], to: key, conditions: .init(precondition: .ifMatch(first)))
        }
        #expect(late?.isPreconditionFailed == true)
        #expect(try await client.get(key).collect(upTo: 10) == ByteBuffer(bytes: [2]))
    }

    @Test(.needs(.metadataMerge, of: .emulator))
    func `R2Emulator merges metadata on a copy, and checks conditions on both objects`() async throws {
        let client = try await TestServer.emulator.running().client
        let (source, copy) = (try Self.key("source"), try Self.key("copy"))
        let properties = ObjectProperties(contentType: "video/mp4", userMetadata: ["a": "1", "b": "2"])
        let etag = try await client.put([1], to: source, properties: properties).etag
        try await client.copy(
            CopySource(source), to: copy, metadata: .merge(ObjectProperties(userMetadata: ["b": "3", "c": "4"])))
        let head = try await client.head(copy)
        #expect(head.contentType == "video/mp4" && head.userMetadata == ["a": "1", "b": "3", "c": "4"])

        let other = ObjectConditions(precondition: .ifMatch(try ETag("other")))
        let (fails, holds) = (
            [
                CopyObject(CopySource(source), to: copy, sourceConditions: other),
                CopyObject(CopySource(source), to: copy, destinationConditions: other),
                CopyObject(CopySource(source), to: copy, destinationConditions: .init(precondition: .ifAbsent)),
            ],
            CopyObject(
                CopySource(source), to: copy, sourceConditions: .init(precondition: .ifMatch(etag)),
                destinationConditions: .init(precondition: .ifMatch(head.etag)))
        )
        for operation in fails {
            let error = await #expect(throws: R2Error.self) { _ = try await client.send(operation) }
            #expect(error?.isPreconditionFailed == true)
        }
        _ = try await client.send(holds)
    }

    @Test(arguments: TestServer.allCases)
    func `listings are complete, ordered and grouped`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let folder = UUID().uuidString
        let names = ["a b", "a+b", "a%b", "a&<>b", "b/1", "b/2", "c", "\u{E9}", "z\u{1F3AC}"]
        let keys = try names.map { try ObjectKey("\(folder)/\($0)") }
        for key in keys { try await client.put([1], to: key) }
        var found: [ObjectKey] = []
        for try await object in client.list(prefix: "\(folder)/", pageSize: 2) { found.append(object.key) }
        #expect(found == keys.sorted { $0.rawValue.utf8.lexicographicallyPrecedes($1.rawValue.utf8) })
        var prefixes: [String] = []
        for try await entry in client.list(prefix: "\(folder)/", delimiter: "/") {
            if case .commonPrefix(let prefix) = entry { prefixes.append(prefix) }
        }
        #expect(prefixes == ["\(folder)/b/"])

        let missing = try ObjectKey("\(folder)/never there")
        let deletions = try await client.deleteObjects(keys + [missing])
        #expect(deletions.map(\.key) == keys + [missing] && deletions.allSatisfy(\.isDeleted))
        for try await object in client.list(prefix: "\(folder)/") { Issue.record("\(object.key) is still there") }
    }

    @Test(arguments: TestServer.allCases)
    func `more than a thousand objects are listed and deleted`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let folder = UUID().uuidString
        let keys = try (0..<1005).map { try ObjectKey("\(folder)/\(10_000 + $0)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for index in stride(from: worker, to: keys.count, by: 8) {
                        try await client.put([1], to: keys[index])
                    }
                }
            }
            try await group.waitForAll()
        }
        var found: [ObjectKey] = []
        for try await object in client.list(prefix: "\(folder)/") { found.append(object.key) }
        #expect(found == keys)
        #expect(try await client.deleteObjects(client.list(prefix: "\(folder)/").map(\.key)) == 0)
        for try await object in client.list(prefix: "\(folder)/") { Issue.record("\(object.key) is still there") }
    }

    @Test(arguments: TestServer.allCases)
    func `a wrong secret and a wrong bucket are reported`(_ server: TestServer) async throws {
        let config = try await server.running().config
        let stranger = try R2Config(
            endpoint: config.endpoint,
            credentials: R2Credentials(accessKeyID: config.credentials.accessKeyID, secretAccessKey: "another"),
            bucket: config.bucket)
        let refused = await #expect(throws: R2Error.self) { try await R2Client(stranger).put([1], to: Self.key("x")) }
        #expect(refused?.code == .signatureDoesNotMatch)
        let elsewhere = try R2Config(
            endpoint: config.endpoint, credentials: config.credentials, bucket: BucketName("nowhere-to-be-found"))
        let lost = await #expect(throws: R2Error.self) {
            for try await _ in R2Client(elsewhere).list() {}
        }
        #expect(lost?.isNotFound == true)
        try await R2Client(config).headBucket()
        let headed = await #expect(throws: R2Error.self) { try await R2Client(elsewhere).headBucket() }
        #expect(headed?.isNotFound == true)
    }
}
#endif
