#if Storage
import AsyncHTTPClient
import NIOCore
import R2Kit
import R2Storage
import Testing

/// What comes back, whole or not.
@Suite struct AnswerTests {
    @Test func `a list that is cut off anywhere is refused`() async throws {
        let whole = Documents.list(["a", "b"], prefixes: ["c/"])
        try await StubServer.run { request in
            .answer(200, [:], String(decoding: Array(whole.utf8).prefix(request.index), as: UTF8.self))
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

    @Test func `an answer that breaks off is asked for again`() async throws {
        let list = Documents.list(["a"])
        try await StubServer.run { request in
            request.index == 0
                ? .answer(200, ["content-length": "\(list.utf8.count + 1)"], list) + [.close] : .answer(200, [:], list)
        } _: { server in
            var count = 0
            for try await _ in try server.client().list() { count += 1 }
            #expect(count == 1)
            #expect(server.requests.count == 2)
        }
    }

    @Test func `an error's body is read so far and no further`() async throws {
        let body = "<Error><Code>AccessDenied</Code>" + String(repeating: "x", count: 4_000_000)
        try await StubServer.run { _ in
            .answer(403, [:], body)
        } _: { server in
            let error = await r2Error { _ = try await server.client().send(GetBucketCors()) }
            #expect(error?.code == .accessDenied)
            #expect(error?.status == 403)
        }
    }

    @Test func `a document that is too long is refused`() async throws {
        let body = "<InitiateMultipartUploadResult>" + String(repeating: " ", count: 70_000)
        try await StubServer.run { _ in
            .answer(200, [:], body)
        } _: { server in
            let error = await r2Error { _ = try await server.client().createMultipartUpload(Fixture.key()) }
            #expect(error?.code == .invalidResponse)
            #expect(error?.message.contains("65536") == true)
        }
    }

    @Test func `a connection is used again after an answer with a body that nobody reads`() async throws {
        try await StubServer.run { request in
            request.method == "DELETE" ? .answer(200, [:], "deleted") : .error(404, "NoSuchKey")
        } _: { server in
            let client = try server.client()
            for _ in 0..<5 { try await client.delete(Fixture.key()) }
            for _ in 0..<5 { _ = await r2Error { _ = try await client.get(Fixture.key()) } }
            #expect(server.connections == 1)
        }
    }

    @Test func `an error carries what a support request needs`() async throws {
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

    @Test func `a redirect is not followed`() async throws {
        try await StubServer.run { request in
            .answer(301, ["location": "/elsewhere"])
        } _: { server in
            let error = await r2Error { _ = try await server.client().get(Fixture.key()) }
            #expect(error?.status == 301)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `an HTTP client that follows redirects is found out`() async throws {
        let httpClient = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(redirectConfiguration: .follow(max: 3, allowCycles: false)))
        try await StubServer.run { request in
            request.index == 0 ? .answer(301, ["location": "/media/elsewhere"]) : .object("elsewhere")
        } _: { server in
            let error = await r2Error { _ = try await server.client(httpClient: httpClient).get(Fixture.key()) }
            #expect(error?.code == .invalidResponse)
            #expect(error?.message.contains("HTTPClient.Configuration.r2") == true)
        }
        try await httpClient.shutdown()
    }

    @Test func `an object that is stored compressed comes as it is stored`() async throws {
        try await StubServer.run { _ in
            .object("not gzip", ["content-encoding": "gzip"])
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            #expect(stream.head.contentEncoding == "gzip")
            #expect(try await String(buffer: stream.collect(upTo: 100)) == "not gzip")
        }
    }
}
#endif
