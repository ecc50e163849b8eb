#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

/// The exact headers of every request: those that R2 needs, without any that it rejects.
@Suite struct HeaderAuditTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let line: String
        /// Headers in addition to those of every request.
        let headers: [String]
        let call: @Sendable (R2Client) async throws -> Void

        init(
            _ name: String, _ line: String, _ headers: [String] = [],
            _ call: @escaping @Sendable (R2Client) async throws -> Void
        ) {
            testDescription = name
            self.line = line
            self.headers = headers
            self.call = call
        }
    }

    static let always = ["accept-encoding", "authorization", "host", "x-amz-content-sha256", "x-amz-date"]
    static let object = "/media/videos/1.mp4"

    static let cases: [Case] = [
        Case("HeadObject", "HEAD \(object)") { _ = try await $0.head(Fixture.key()) },
        Case("GetObject", "GET \(object)") { _ = try await $0.get(Fixture.key()) },
        Case("GetObject, a range", "GET \(object)", ["if-match", "range"]) {
            _ = try await $0.get(
                Fixture.key(), range: .bytes(0, through: 9), conditions: .init(precondition: .ifMatch(ETag("tag"))))
        },
        Case("PutObject, bytes", "PUT \(object)", ["content-length", "content-type"]) {
            try await $0.put([1, 2, 3], to: Fixture.key(), properties: .init(contentType: "video/mp4"))
        },
        Case("PutObject, nothing", "PUT \(object)", ["content-length"]) {
            try await $0.put([UInt8](), to: Fixture.key())
        },
        Case("PutObject, a sequence", "PUT \(object)", ["content-length"]) {
            try await $0.put(.sequence(Chunks([[1], [2, 3]]), length: 3), to: Fixture.key())
        },
        Case("CopyObject", "PUT \(object)", ["content-length", "x-amz-copy-source", "x-amz-metadata-directive"]) {
            try await $0.copy(CopySource(Fixture.key("other.mp4")), to: Fixture.key())
        },
        Case("DeleteObject", "DELETE \(object)") { try await $0.delete(Fixture.key()) },
        Case("DeleteObjects", "POST /media?delete=", ["content-length", "content-md5", "content-type"]) {
            _ = try await $0.deleteObjects([Fixture.key()])
        },
        Case("ListObjectsV2", "GET /media?encoding-type=url&list-type=2&prefix=a%2Fb") {
            for try await _ in $0.list(prefix: "a/b") {}
        },
        Case("CreateMultipartUpload", "POST \(object)?uploads=", ["content-length"]) {
            _ = try await $0.createMultipartUpload(Fixture.key())
        },
        Case("UploadPart", "PUT \(object)?partNumber=7&uploadId=a%2Fb%2B%3D", ["content-length"]) {
            _ = try await $0.uploadPart(
                7, of: UploadID("a/b+="), key: Fixture.key(), body: .bytes(ByteBuffer(bytes: [1])))
        },
        Case(
            "UploadPartCopy", "PUT \(object)?partNumber=1&uploadId=u",
            ["content-length", "x-amz-copy-source", "x-amz-copy-source-range"]
        ) {
            _ = try await $0.uploadPartCopy(
                1, of: UploadID("u"), key: Fixture.key(), from: CopySource(Fixture.key("b")), range: 0...9)
        },
        Case("CompleteMultipartUpload", "POST \(object)?uploadId=u", ["content-length", "content-type"]) {
            try await $0.completeMultipartUpload(
                UploadID("u"), key: Fixture.key(), parts: [.init(1, etag: ETag("tag"))])
        },
        Case("AbortMultipartUpload", "DELETE \(object)?uploadId=u") {
            try await $0.abortMultipartUpload(UploadID("u"), key: Fixture.key())
        },
        Case("ListParts", "GET \(object)?uploadId=u") {
            for try await _ in $0.listParts(of: try UploadID("u"), key: try Fixture.key()) {}
        },
        Case("ListMultipartUploads", "GET /media?encoding-type=url&uploads=") {
            for try await _ in $0.listMultipartUploads() {}
        },
        Case("HeadBucket", "HEAD /media") { try await $0.headBucket() },
        Case("GetBucketCors", "GET /media?cors=") { _ = try await $0.getBucketCORS() },
        Case("PutBucketCors", "PUT /media?cors=", ["content-length", "content-type"]) {
            try await $0.putBucketCORS(.browserUploads(from: ["https://app.example.com"]))
        },
        Case("DeleteBucketCors", "DELETE /media?cors=") { try await $0.deleteBucketCORS() },
        Case("GetBucketLifecycleConfiguration", "GET /media?lifecycle=") { _ = try await $0.getBucketLifecycle() },
        Case(
            "PutBucketLifecycleConfiguration", "PUT /media?lifecycle=", ["content-length", "content-type"]
        ) {
            try await $0.putBucketLifecycle(
                LifecycleConfiguration(rules: [.init(id: "abort", abortUploadsAfterDays: 1)]))
        },
        Case("DeleteBucketLifecycle", "DELETE /media?lifecycle=") { try await $0.deleteBucketLifecycle() },
    ]

    @Test(arguments: cases)
    func `every operation sends exactly its headers`(_ sample: Case) async throws {
        try await StubServer.run { _ in
            .error(400, "Refused")
        } _: { server in
            let error = await r2Error { try await sample.call(server.client()) }
            #expect(error?.status == 400)
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1)
            #expect("\(request.method) \(request.target)" == sample.line)
            #expect(request.headers.map { $0.name.lowercased() }.sorted() == (Self.always + sample.headers).sorted())
            #expect(request["accept-encoding"] == "identity")
            #expect(request["host"] == "127.0.0.1:\(server.port)")
            #expect(request["content-length"].map { Int($0) == request.body.count } ?? request.body.isEmpty)
            let signed = try #require(request["authorization"]?.split(separator: "SignedHeaders=").last)
            let names = signed.prefix { $0 != "," }.split(separator: ";").map(String.init)
            let unsigned: Set = ["accept-encoding", "authorization"]
            #expect(names == request.headers.map { $0.name.lowercased() }.filter { !unsigned.contains($0) }.sorted())
        }
    }

    @Test func `a session token is sent and signed`() async throws {
        try await StubServer.run { _ in
            .head(1)
        } _: { server in
            _ = try await server.client(sessionToken: Fixture.token).head(Fixture.key())
            #expect(server.requests[0]["x-amz-security-token"] == Fixture.token)
            #expect(server.requests[0]["authorization"]?.contains("x-amz-security-token") == true)
        }
    }

    @Test(arguments: [
        ("a b+c%d", "a%20b%2Bc%25d"), ("//x//y/", "//x//y/"), ("a/../b/./c", "a/../b/./c"),
        ("é/日本/🎬", "%C3%A9/%E6%97%A5%E6%9C%AC/%F0%9F%8E%AC"),
        ("e\u{301}", "e%CC%81"), ("%2F%2e", "%252F%252e"), ("a?b#c&d=e", "a%3Fb%23c%26d%3De"),
        ("!'()*~@:;,$", "%21%27%28%29%2A~%40%3A%3B%2C%24"),
        ("\\^`{|}<>\"", "%5C%5E%60%7B%7C%7D%3C%3E%22"),
    ])
    func `a key is sent as it was signed`(_ key: String, _ path: String) async throws {
        try await StubServer.run { _ in
            .head(1)
        } _: { server in
            _ = try await server.client().head(ObjectKey(unchecked: key))
            #expect(server.requests.map(\.target) == ["/media/\(path)"])
        }
    }

    @Test(arguments: [(0, "UNSIGNED-PAYLOAD"), (3, "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81")])
    func `bodies in memory are signed up to the limit`(_ limit: Int, _ digest: String) async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            let client = try server.client(configuration: .init(signedBodyLimit: limit))
            try await client.put([1, 2, 3], to: Fixture.key())
            try await client.put([1, 2, 3, 4], to: Fixture.key())
            #expect(server.requests.map { $0["x-amz-content-sha256"] } == [digest, "UNSIGNED-PAYLOAD"])
        }
    }
}
#endif
