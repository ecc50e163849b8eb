#if Storage
import AsyncHTTPClient
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import Testing

@Suite("More requests than connections")
struct QueueTests {
    @Test func `requests wait for a free connection longer than the connect timeout`() async throws {
        try await StrictBucket.run { bucket in
            let slowly: @Sendable (S3Request) async -> Fault = { _ in .at(.beforeResponse, .pause(300)) }
            try await FaultProxy.run(to: bucket.port, faults: slowly) { proxy in
                var http = R2ClientConfiguration.httpClientConfiguration
                http.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 2
                http.timeout.connect = .milliseconds(200)
                // Both connections are open before the requests wait for them, however long connecting takes.
                let connections = Mutex(0)
                http.http1_1ConnectionDebugInitializer = { channel in
                    connections.withLock { $0 += 1 }
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
                let client = R2Client(
                    owningHTTPClientFor: try bucket.config().through(proxy.port), httpClientConfiguration: http,
                    configuration: .init(retry: .none))
                while connections.withLock({ $0 < 2 }) {
                    async let first = try? client.put([1], to: ObjectKey("queue/first"))
                    async let second = try? client.put([1], to: ObjectKey("queue/second"))
                    _ = await (first, second)
                }
                let before = bucket.counts.requests
                let failures = await withTaskGroup(of: String?.self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            do {
                                try await client.put([1], to: ObjectKey("queue/\(number)"))
                                return nil
                            } catch {
                                return "\(error)"
                            }
                        }
                    }
                    return await group.reduce(into: []) { if let failure = $1 { $0.append(failure) } }
                }
                try await client.shutdown()
                #expect(failures.isEmpty)
                #expect(bucket.counts.requests == before + 8)
            }
        }
    }
}
#endif
