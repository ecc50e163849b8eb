import R2Kit
import Testing

@Suite("Upload constraints", .againstServers)
struct UploadConstraintTests {
    @Test(arguments: ServerKind.allCases)
    func `the object has the signed headers`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let disposition = try ContentDisposition.attachment(filename: "Vorlesung über Größen.mp4")
        try await server.store(
            Sample.text, under: key,
            UploadConstraints(
                contentType: "video/mp4; codecs=\"avc1.640028, mp4a.40.2\"", contentLength: Int64(Sample.text.count),
                cacheControl: "public, max-age=31536000", contentDisposition: disposition,
                userMetadata: ["Session-ID": "s-1", "uploaded-by": "someone & someone else"], storageClass: .standard))
        let response = try await Message(try server.presigner.presignHead(of: key)).send()
        #expect(response.headers["content-type"] == "video/mp4; codecs=\"avc1.640028, mp4a.40.2\"")
        #expect(response.headers["content-length"] == String(Sample.text.count))
        #expect(response.headers["cache-control"] == "public, max-age=31536000")
        #expect(response.headers["content-disposition"] == disposition.headerValue)
        #expect(response.headers["x-amz-meta-session-id"] == "s-1")
        #expect(response.headers["x-amz-meta-uploaded-by"] == "someone & someone else")
    }

    @Test(arguments: ServerKind.allCases, lengths)
    func `a body of another length is rejected`(_ kind: ServerKind, _ constraints: UploadConstraints) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let upload = try server.presigner.presignUpload(to: key, constraints: constraints)
        for count in [0, 99, 101, 10_000] {
            #expect(try await Message(upload, body: Sample.bytes(count)).send().status == 403, "\(count) bytes")
        }
        #expect(try await server.stored(key) == nil)
        #expect(try await Message(upload, body: Sample.bytes(100)).send().status == 200)
    }

    /// The same length, alone and with other headers.
    private static let lengths = [
        UploadConstraints(contentLength: 100),
        UploadConstraints(contentType: "video/mp4", contentLength: 100),
        UploadConstraints(contentLength: 100, cacheControl: "private", userMetadata: ["a": "b"]),
    ]

    @Test(arguments: ServerKind.allCases)
    func `a URL for a new object works once`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let upload = try server.presigner.presignUpload(
            to: key, constraints: UploadConstraints(precondition: .ifAbsent))
        #expect(try await Message(upload, body: Sample.text).send().status == 200)
        #expect(try await Message(upload, body: Sample.bytes(10)).send().status == 412)
        #expect(try await server.stored(key) == Sample.text)
    }

    @Test(.needs(.ifMatch, of: .emulator))
    func `R2Emulator: a URL for one ETag does not replace another version`() async throws {
        try await replaceOneVersion(on: try await ServerKind.emulator.running())
    }

    @Test(.needs(.ifMatch, of: .seaweedFS))
    func `SeaweedFS: a URL for one ETag does not replace another version`() async throws {
        try await replaceOneVersion(on: try await ServerKind.seaweedFS.running())
    }

    @Test(.needs(.ifMatch, of: .swift))
    func `OpenStack Swift: a URL for one ETag does not replace another version`() async throws {
        try await replaceOneVersion(on: try await ServerKind.swift.running())
    }

    private func replaceOneVersion(on server: TestServer) async throws {
        let key = try Sample.key()
        try await server.store(Sample.text, under: key)
        let head = try await Message(try server.presigner.presignHead(of: key)).send()
        let version = try ETag(try #require(head.headers["etag"]))
        let upload = try server.presigner.presignUpload(
            to: key, constraints: UploadConstraints(precondition: .ifMatch(version)))
        let next = Sample.bytes(10)
        #expect(try await Message(upload, body: next).send().status == 200)
        // The object has another ETag now.
        #expect(try await Message(upload, body: Sample.bytes(20)).send().status == 412)
        #expect(try await server.stored(key) == next)
    }
}
