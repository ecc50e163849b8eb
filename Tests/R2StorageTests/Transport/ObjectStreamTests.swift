#if Storage
import MetricsTestKit
import NIOCore
import R2Kit
import R2Storage
import Testing

/// An object's content as it arrives.
@Suite struct StreamTests {
    private func bytes(_ count: Int) -> String { String(repeating: "0123456789", count: count / 10) }

    @Test func `the content comes whole`() async throws {
        let content = bytes(1_000_000)
        try await StubServer.run { _ in
            .object(content)
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            #expect(stream.head.contentLength == 1_000_000)
            #expect(try await String(buffer: stream.collect(upTo: 1_000_000)) == content)
        }
    }

    @Test func `an empty object has no chunk`() async throws {
        try await StubServer.run { _ in
            .object("")
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            for try await _ in stream.body { Issue.record("a chunk") }
        }
    }

    @Test func `what is larger than the limit is not read`() async throws {
        try await StubServer.run { _ in
            .object("12345")
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            let error = await r2Error { _ = try await stream.collect(upTo: 4) }
            #expect(error?.code == .entityTooLarge)
        }
    }

    @Test(arguments: [StubServer.Step.close, .reset])
    func `a content that breaks off is an error that says so`(_ end: StubServer.Step) async throws {
        try await StubServer.run { _ in
            .object("12345", ["content-length": "9"]) + [end]
        } _: { server in
            let error = await r2Error {
                let stream = try await server.client().get(Fixture.key())
                for try await _ in stream.body {}
            }
            #expect(error?.code == .connectionFailed)
            #expect(error?.operation == "GetObject")
        }
    }

    @Test func `a content that no buffer holds is not collected`() async throws {
        try await StubServer.run { _ in
            .object("12345", ["content-length": "5000000000"]) + [.hang]
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            let error = await r2Error { _ = try await stream.collect(upTo: .max) }
            #expect(error?.code == .entityTooLarge)
        }
    }

    @Test func `a content that stands still is given up`() async throws {
        try await StubServer.run { _ in
            .object("12345", ["content-length": "9"]) + [.hang]
        } _: { server in
            let client = try server.client(configuration: .init(stallTimeout: .milliseconds(100)))
            let error = await r2Error {
                let stream = try await client.get(Fixture.key())
                for try await _ in stream.body {}
            }
            #expect(error?.code == .timedOut)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a slow reader is not given up`() async throws {
        let content = bytes(2_000_000)
        try await StubServer.run { _ in
            .object(content)
        } _: { server in
            let manual = ManualSurroundings(stands: true)
            let metrics = TestMetrics()
            let client = try server.client(
                manual, configuration: .init(stallTimeout: .seconds(5), metricsFactory: metrics))
            var count = 0
            for try await chunk in try await client.get(Fixture.key()).body {
                count += chunk.readableBytes
                guard count == chunk.readableBytes else { continue }
                // When so much has been read ahead, it is the reader's turn, and not the server's.
                try await settles {
                    metrics.counterTotal(
                        label: "r2_client_received_bytes_total", dimensions: [("operation", "GetObject")])
                        >= count + 256 * 1024
                }
                try await manual.pass(.seconds(6))
            }
            #expect(count == 2_000_000)
        }
    }

    @Test(arguments: [
        R2ClientConfiguration(timeLimit: .seconds(5)), R2ClientConfiguration(stallTimeout: .seconds(5)),
    ])
    func `a content may be read as late as one likes`(_ configuration: R2ClientConfiguration) async throws {
        try await StubServer.run { _ in
            .object("12345")
        } _: { server in
            let manual = ManualSurroundings(stands: true)
            let client = try server.client(manual, configuration: configuration)
            var streams: [R2ObjectStream] = []
            for _ in 0..<60 { streams.append(try await client.get(Fixture.key())) }
            manual.advance(by: .seconds(6))
            // Many at once, so that some are looked at before their content is.
            try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
                for stream in streams { group.addTask { try await stream.collect(upTo: 5) } }
                for try await content in group { #expect(String(buffer: content) == "12345") }
            }
        }
    }

    @Test func `a content that is dropped closes its connection`() async throws {
        let content = bytes(20_000_000)
        try await StubServer.run { _ in
            .object(content)
        } _: { server in
            let client = try server.client()
            for try await _ in try await client.get(Fixture.key()).body { break }
            _ = try await client.get(Fixture.key())
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `reading ends with its task`() async throws {
        try await StubServer.run { _ in
            .object("12345", ["content-length": "9"]) + [.hang]
        } _: { server in
            let client = try server.client()
            let began = ContinuousClock.now
            let task = Task {
                for try await _ in try await client.get(Fixture.key()).body { withUnsafeCurrentTask { $0?.cancel() } }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - began < .seconds(30))
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a get is tried again until the content begins, and not after that`() async throws {
        try await StubServer.run { request in
            request.index == 0 ? .error(503, "SlowDown") : .object("12345", ["content-length": "9"]) + [.close]
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            let error = await r2Error { for try await _ in stream.body {} }
            #expect(error?.code == .connectionFailed)
            #expect(server.requests.count == 2)
        }
    }
}

/// Waits until something holds that other tasks bring about, up to two minutes.
func settles(_ condition: () -> Bool) async throws {
    for _ in 0..<12_000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(condition())
}
#endif
