#if Storage
import AsyncHTTPClient
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import Testing

/// Requests that wait for a connection.
@Suite struct ConnectionWaitTests {
    /// Runs a test with an HTTP client that has a few connections and notices soon that all are busy.
    private static func run(
        connections: Int, _ server: StubServer, _ test: (HTTPClient) async throws -> Void
    ) async throws {
        var http = R2ClientConfiguration.httpClientConfiguration
        http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // A connection that takes longer on a busy machine is tried again.
        http.timeout.connect = .milliseconds(500)
        let httpClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: http)
        do { try await test(httpClient) } catch {
            try await httpClient.shutdown()
            throw error
        }
        try await httpClient.shutdown()
    }

    /// A body that is too large for the buffers between the server and a client that doesn't read it.
    private static let large = String(repeating: "x", count: 20_000_000)

    @Test func `bodies that nobody reads end the wait of the next request`() async throws {
        try await StubServer.run {
            $0.method == "GET" ? .object(Self.large) : .head(1)
        } _: { server in
            try await Self.run(connections: 2, server) { httpClient in
                let manual = ManualEnvironment(isStopped: true)
                // The clock may run far ahead of the machine, so that the wait must not look like a stall.
                let client = try server.client(
                    manual, configuration: .init(stallTimeout: .seconds(1_000_000_000_000)), httpClient: httpClient)
                let unread = try await [client.get(Fixture.key()), client.get(Fixture.key())]
                let pauses = manual.pauses
                let result = Mutex<R2Error??>(nil)
                let call = Task {
                    let error = await r2Error { _ = try await client.head(Fixture.key()) }
                    result.withLock { $0 = .some(error) }
                }
                // The limit is a minute, however long the machine takes. The wait may not have started yet.
                try await eventually("the wait ends") {
                    manual.advance(by: .seconds(1))
                    return result.withLock { $0 != nil }
                }
                await call.value
                let error = result.withLock { $0 ?? nil }
                #expect(error?.code == .timedOut && manual.pauses == pauses)
                #expect(error?.message.contains("2 object bodies") == true)
                #expect(error?.message.contains("60.0 seconds") == true)
                #expect(server.requests.count == 2)
                withExtendedLifetime(unread) {}
            }
        }
    }

    @Test func `a wait has no limit while bytes move on another connection`() async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            try await Self.run(connections: 1, server) { httpClient in
                let manual = ManualEnvironment(isStopped: true)
                let client = try server.client(
                    manual, configuration: .init(connectionTimeout: .seconds(5)), httpClient: httpClient)
                let chunks = Mutex(0)
                let isWaiting = Latch()
                let slow = AsyncThrowingStream<ByteBuffer, any Error> {
                    let number = chunks.withLock { chunks in
                        chunks += 1
                        return chunks
                    }
                    guard number <= 8 else { return nil }
                    if number == 1 { await isWaiting.wait() }
                    // Longer than several checks of the wait.
                    try await Task.sleep(for: .milliseconds(100))
                    if number > 1 { manual.advance(by: .seconds(3)) }
                    return ByteBuffer(bytes: [1])
                }
                let upload = Task { try await client.put(.sequence(slow, length: 8), to: Fixture.key()) }
                try await settles { server.requests.count == 1 || chunks.withLock { $0 } == 1 }
                let waiting = Task { try await client.head(Fixture.key()) }
                isWaiting.open()
                _ = try await upload.value
                _ = try await waiting.value
                #expect(server.requests.count == 2)
            }
        }
    }
}
#endif
