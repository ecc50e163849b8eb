#if Storage
import NIOCore
import R2Kit
import Testing

@testable import R2Storage

@Suite struct RangeReaderTests {
    /// Errors of whoever takes the bytes that look like faults of the connection.
    @Test(arguments: [R2Error(.timedOut, "of the taker's own") as any Error & Sendable, CancellationError()])
    func `a chunk that was not taken is not left out`(_ failure: any Error & Sendable) async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(300_000))
            let head = try await fixture.client.head(fixture.key)
            let reader = RangeReader(fixture.client, fixture.key, head, 0...299_999, nil)
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
