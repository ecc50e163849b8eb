import HTTPTypes
import R2Kit
import Testing

@Suite("Round trips", .againstServers)
struct RoundTripTests {
    @Test(arguments: ServerKind.allCases, [0, 1, 70_000, 3_000_000])
    func `GET returns the bytes that PUT stored`(_ kind: ServerKind, _ count: Int) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let body = Sample.bytes(count)
        let upload = try server.presigner.presignUpload(
            to: key, constraints: UploadConstraints(contentType: "video/mp4", contentLength: Int64(count)))
        #expect(try await Message(upload, body: body).send().status == 200)

        let response = try await Message(try server.presigner.presignPlayback(of: key)).send()
        #expect(response.status == 200)
        #expect(response.body == body)
        #expect(response.headers["content-type"] == "video/mp4")
    }

    @Test(arguments: ServerKind.allCases)
    func `an upload without constraints works too`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let upload = try server.presigner.presignUpload(to: key)
        #expect(upload.headers.isEmpty)
        #expect(try await Message(upload, body: Sample.text).send().status == 200)
        #expect(try await server.stored(key) == Sample.text)
    }

    @Test(arguments: ServerKind.allCases)
    func `HEAD returns the size and no body`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let head = Message(try server.presigner.presignHead(of: key))
        #expect(try await head.send().status == 404)
        try await server.store(Sample.bytes(1234), under: key)
        let response = try await head.send()
        #expect(response.status == 200)
        #expect(response.headers["content-length"] == "1234")
    }

    @Test(arguments: ServerKind.allCases)
    func `DELETE removes only one object`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let (key, other) = (try Sample.key(), try Sample.key())
        try await server.store(Sample.text, under: key)
        try await server.store(Sample.text, under: other)
        #expect(try await Message(try server.presigner.presignDelete(of: key)).send().status == 204)
        #expect(try await server.stored(key) == nil)
        #expect(try await server.stored(other) == Sample.text)
    }

    @Test(arguments: ServerKind.allCases)
    func `URLs signed together work one by one`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let keys = try (1...4).map { try Sample.key("segment \($0).ts") }
        for (index, key) in keys.enumerated() { try await server.store(Body([UInt8(index)]), under: key) }
        let requests = try server.presigner.presignPlayback(of: keys)
        #expect(requests.count == keys.count)
        for (index, request) in requests.enumerated() {
            #expect(try await Message(request).send().body == Body([UInt8(index)]))
        }
    }

    @Test(arguments: ServerKind.allCases)
    func `a custom request works`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key("own & strange?.mp4")
        let language = try #require(HTTPField.Name("x-amz-meta-language"))
        let upload = try server.presigner.presign(
            .put, key: key, headers: [.contentType: "video/webm", language: "de"])
        #expect(try await Message(upload, body: Sample.text).send().status == 200)

        let playback = try server.presigner.presign(
            .get, key: key,
            parameters: [
                QueryParameter(name: "response-expires", value: "Thu, 01 Jan 2032 00:00:00 GMT"),
                QueryParameter(name: "response-content-language", value: "fr"),
            ])
        let response = try await Message(playback).send()
        #expect(response.status == 200)
        #expect(response.body == Sample.text)
        #expect(response.headers["content-type"] == "video/webm")
        #expect(response.headers["x-amz-meta-language"] == "de")
        #expect(response.headers["content-language"] == "fr")
    }

    @Test(arguments: ServerKind.allCases)
    func `the host name can contain the bucket`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let config = try server.config
        let port = try #require(config.endpoint.port)
        let virtualHosted = try R2Config(
            endpoint: R2Endpoint("http://localhost:\(port)"), credentials: config.credentials, bucket: config.bucket,
            addressingStyle: .virtualHosted)
        let presigner = R2Presigner(virtualHosted)
        let key = try Sample.key("a b+c.mp4")
        let upload = try presigner.presignUpload(to: key)
        #expect(upload.url.hasPrefix("http://\(config.bucket).localhost:\(port)/"))
        #expect(try await Message(upload, body: Sample.text).send().status == 200)
        #expect(try await Message(try presigner.presignPlayback(of: key)).send().body == Sample.text)
        // The bucket is the same as with path-style addressing.
        #expect(try await server.stored(key) == Sample.text)
    }
}
