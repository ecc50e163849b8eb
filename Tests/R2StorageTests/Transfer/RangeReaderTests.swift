#if Storage
import NIOCore
import R2Kit
import Testing

@testable import R2Storage

@Suite struct RangeReaderTests {
    /// Errors of the consumer that look like connection failures.
    @Test(arguments: [R2Error(.timedOut, "The consumer timed out.") as any Error & Sendable, CancellationError()])
    func `a rejected chunk is never skipped`(_ failure: any Error & Sendable) async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(300_000))
            let metadata = try await fixture.client.head(fixture.key)
            let reader = RangeReader(
                0...299_999, of: fixture.key, metadata: metadata, customerKey: nil, client: fixture.client)
            let calls = Shared(0)
            let error = await r2Error {
                try await reader.forEach { _ in
                    calls.change { $0 += 1 }
                    if calls.value == 1 { throw failure }
                }
            }
            #expect(error?.code == .timedOut)
            #expect(calls.value == 1)
            #expect(fixture.bucket.count("GetObject") == 1)
        }
    }
}
#endif
