#if Storage
import MetricsTestKit
import NIOCore
import R2Kit
import R2Storage
import Testing

/// The body of an object while it arrives.
@Suite struct StreamTests {
    private func bytes(_ count: Int) -> String { String(repeating: "0123456789", count: count / 10) }

    @Test func `the whole body arrives`() async throws {
        let content = bytes(1_000_000)
        try await StubServer.run { _ in
            .object(content)
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            #expect(stream.metadata.contentLength == 1_000_000)
            #expect(try await String(buffer: stream.collect(upTo: 1_000_000)) == content)
        }
    }

    @Test func `an empty object has no chunks`() async throws {
        try await StubServer.run { _ in
            .object("")
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            for try await _ in stream.body { Issue.record("a chunk") }
        }
    }

    @Test func `a body larger than the limit isn't read`() async throws {
        try await StubServer.run { _ in
            .object("12345")
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            let error = await r2Error { _ = try await stream.collect(upTo: 4) }
            #expect(error?.code == .entityTooLarge)
        }
    }

    @Test(arguments: [StubServer.Step.close, .reset])
    func `a truncated body throws a connection error`(_ end: StubServer.Step) async throws {
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

    @Test func `a body larger than a buffer isn't collected`() async throws {
        try await StubServer.run { _ in
            .object("12345", ["content-length": "5000000000"]) + [.hang]
        } _: { server in
            let stream = try await server.client().get(Fixture.key())
            let error = await r2Error { _ = try await stream.collect(upTo: .max) }
            #expect(error?.code == .entityTooLarge)
        }
    }

    @Test func `a stalled body times out`() async throws {
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

    @Test func `a slow reader doesn't time out`() async throws {
        let content = bytes(2_000_000)
        try await StubServer.run { _ in
            .object(content)
        } _: { server in
            let manual = ManualEnvironment(isStopped: true)
            let metrics = TestMetrics()
            let client = try server.client(
                manual, configuration: .init(stallTimeout: .seconds(5), metricsFactory: metrics))
            var count = 0
            for try await chunk in try await client.get(Fixture.key()).body {
                count += chunk.readableBytes
                guard count == chunk.readableBytes else { continue }
                // After this much has been read ahead, the wait is for the reader, not for the server.
                try await settles {
                    metrics.counterTotal(
                        label: "r2_client_received_bytes_total", dimensions: [("operation", "GetObject")])
                        >= count + 256 * 1024
                }
                try await manual.advanceAndWait(by: .seconds(6))
            }
            #expect(count == 2_000_000)
        }
    }

    @Test(arguments: [
        R2ClientConfiguration(timeLimit: .seconds(5)), R2ClientConfiguration(stallTimeout: .seconds(5)),
    ])
    func `a body can be read late`(_ configuration: R2ClientConfiguration) async throws {
        try await StubServer.run { _ in
            .object("12345")
        } _: { server in
            let manual = ManualEnvironment(isStopped: true)
            let client = try server.client(manual, configuration: configuration)
            var streams: [R2ObjectStream] = []
            for _ in 0..<60 { streams.append(try await client.get(Fixture.key())) }
            manual.advance(by: .seconds(6))
            // Many at once, so that the watchdog checks some before their bodies are read.
            try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
                for stream in streams { group.addTask { try await stream.collect(upTo: 5) } }
                for try await content in group { #expect(String(buffer: content) == "12345") }
            }
        }
    }

    @Test func `dropping a body closes its connection`() async throws {
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

    @Test func `canceling the task ends reading`() async throws {
        try await StubServer.run { _ in
            .object("12345", ["content-length": "9"]) + [.hang]
        } _: { server in
            // With a stopped clock, only the cancellation can end it.
            let client = try server.client(ManualEnvironment(isStopped: true))
            let task = Task {
                for try await _ in try await client.get(Fixture.key()).body { withUnsafeCurrentTask { $0?.cancel() } }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a get is retried until the body starts, and not after that`() async throws {
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

/// Waits up to two minutes until a condition holds that other tasks bring about.
func settles(_ condition: () -> Bool) async throws {
    for _ in 0..<12_000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
    #expect(condition())
}
#endif
