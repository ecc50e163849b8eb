#if Storage
import Logging
import NIOCore
import R2Kit
import R2Storage
import ServiceLifecycle
import Synchronization
import Testing

/// The lifecycle in a service group.
@Suite struct LifecycleTests {
    @Test func `a graceful shutdown finishes calls in progress and rejects new ones`() async throws {
        let opened = AsyncStream.makeStream(of: Void.self)
        try await StubServer.run { _ in
            .object("12345", ["content-length": "10"]) + [
                .wait { for await _ in opened.stream { break } }, .send(Array("67890".utf8)),
            ]
        } _: { server in
            let service = R2ClientService(try Fixture.config(port: server.port))
            let group = ServiceGroup(services: [service], logger: .silent)
            let hasEnded = Mutex(false)
            let running = Task {
                try await group.run()
                hasEnded.withLock { $0 = true }
            }
            let stream = try await service.client.get(Fixture.key())
            var content = ""
            var chunks = stream.body.makeAsyncIterator()
            if let chunk = try await chunks.next() { content += String(buffer: chunk) }
            await group.triggerGracefulShutdown()
            try await settles {
                // New calls are rejected as soon as the shutdown has started.
                service.isShuttingDown
            }
            let error = await r2Error { _ = try await service.client.head(Fixture.key()) }
            #expect(error?.code == .clientShutDown)
            #expect(!hasEnded.withLock { $0 })
            opened.continuation.yield()
            while let chunk = try await chunks.next() { content += String(buffer: chunk) }
            #expect(content == "1234567890")
            try await running.value
            #expect(server.requests.count == 1)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a client can be shut down twice without a service group`() async throws {
        try await StubServer.run { _ in
            .head(1)
        } _: { server in
            let client = R2Client(
                owningHTTPClientFor: try Fixture.config(port: server.port), configuration: .patient)
            _ = try await client.head(Fixture.key())
            try await client.shutdown()
            try await client.shutdown()
            let error = await r2Error { _ = try await client.head(Fixture.key()) }
            #expect(error?.code == .clientShutDown)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a shared HTTP client stays open`() async throws {
        try await StubServer.run { _ in
            .head(1)
        } _: { server in
            let first = try server.client()
            try await first.shutdown()
            _ = try await server.client().head(Fixture.key())
            #expect(server.requests.count == 1)
        }
    }
}
#endif
