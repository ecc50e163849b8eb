#if Storage
import AsyncHTTPClient
import NIOCore
import R2Kit
import R2Storage
import Testing

/// Complete and incomplete responses.
@Suite struct ResponseTests {
    @Test func `a listing that is truncated anywhere throws`() async throws {
        let whole = Documents.list(["a", "b"], prefixes: ["c/"])
        try await StubServer.run { request in
            .response(200, [:], String(decoding: Array(whole.utf8).prefix(request.index), as: UTF8.self))
        } _: { server in
            let client = try server.client(configuration: .init(retry: .none))
            for length in 0..<whole.utf8.count {
                let error = await r2Error { for try await _ in client.list() {} }
                #expect(error?.code == .incompleteResponse, "cut to \(length) bytes")
            }
            var keys: [String] = []
            for try await object in client.list() { keys.append(object.key.rawValue) }
            #expect(keys == ["a", "b"])
        }
    }

    @Test func `a truncated response is requested again`() async throws {
        let list = Documents.list(["a"])
        try await StubServer.run { request in
            request.index == 0
                ? .response(200, ["content-length": "\(list.utf8.count + 1)"], list) + [.close]
                : .response(200, [:], list)
        } _: { server in
            var count = 0
            for try await _ in try server.client().list() { count += 1 }
            #expect(count == 1)
            #expect(server.requests.count == 2)
        }
    }

    @Test func `the body of an error is read up to a limit`() async throws {
        let body = "<Error><Code>AccessDenied</Code>" + String(repeating: "x", count: 4_000_000)
        try await StubServer.run { _ in
            .response(403, [:], body)
        } _: { server in
            let error = await r2Error { _ = try await server.client().send(GetBucketCors()) }
            #expect(error?.code == .accessDenied)
            #expect(error?.status == 403)
        }
    }

    @Test func `a document that is too long throws`() async throws {
        let body = "<InitiateMultipartUploadResult>" + String(repeating: " ", count: 70_000)
        try await StubServer.run { _ in
            .response(200, [:], body)
        } _: { server in
            let error = await r2Error { _ = try await server.client().createMultipartUpload(Fixture.key()) }
            #expect(error?.code == .invalidResponse)
            #expect(error?.message.contains("65536") == true)
        }
    }

    @Test func `a connection is reused after a response whose body isn't needed`() async throws {
        try await StubServer.run { request in
            request.method == "DELETE" ? .response(200, [:], "deleted") : .error(404, "NoSuchKey")
        } _: { server in
            let client = try server.client()
            for _ in 0..<5 { try await client.delete(Fixture.key()) }
            for _ in 0..<5 { _ = await r2Error { _ = try await client.get(Fixture.key()) } }
            #expect(server.connections == 1)
        }
    }

    @Test func `an error contains the IDs that a support request needs`() async throws {
        try await StubServer.run { _ in
            .error(404, "NoSuchKey")
        } _: { server in
            let error = await r2Error { _ = try await server.client().get(Fixture.key()) }
            #expect(error?.code == .noSuchKey)
            #expect(error?.requestID == "REQ-1")
            #expect(error?.cfRay == "ray-1")
            #expect(error?.operation == "GetObject")
            #expect(error?.key?.rawValue == "videos/1.mp4")
        }
    }

    @Test func `a redirect isn't followed`() async throws {
        try await StubServer.run { request in
            .response(301, ["location": "/elsewhere"])
        } _: { server in
            let error = await r2Error { _ = try await server.client().get(Fixture.key()) }
            #expect(error?.status == 301)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `an HTTP client that follows redirects is detected`() async throws {
        let httpClient = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(redirectConfiguration: .follow(max: 3, allowCycles: false)))
        try await StubServer.run { request in
            request.index == 0 ? .response(301, ["location": "/media/elsewhere"]) : .object("elsewhere")
        } _: { server in
            let error = await r2Error { _ = try await server.client(httpClient: httpClient).get(Fixture.key()) }
            #expect(error?.code == .invalidResponse)
            #expect(error?.message.contains("R2ClientConfiguration.httpClientConfiguration") == true)
        }
        try await httpClient.shutdown()
    }

    @Test func `a compressed object isn't decompressed`() async throws {
        try await StubServer.run { _ in
            .object("not gzip", ["content-encoding": "gzip"])
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            #expect(stream.metadata.contentEncoding == "gzip")
            #expect(try await String(buffer: stream.collect(upTo: 100)) == "not gzip")
        }
    }
}
#endif
