#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

@Suite struct DownloadSinkTests {
    private static let size: Int64 = 1_000_003

    @Test func `a closure receives the bytes in order even if ranges arrive out of order`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            let latch = Latch()
            fixture.bucket.fail("GetObject", times: 4, .wait(latch))
            let received = Shared(ByteBuffer())
            let download = fixture.client.makeDownload(
                fixture.key, to: .sink { chunk in received.change { _ = $0.writeImmutableBuffer(chunk) } },
                options: DownloadOptions(rangeLength: 65_536, concurrency: 4))
            async let result = download.run()
            try await eventually("four ranges are under way") { fixture.bucket.count("GetObject") == 4 }
            // While all of them are late, no more ranges are requested.
            for _ in 0..<50 { await Task.yield() }
            #expect(fixture.bucket.count("GetObject") == 4)
            latch.open()
            #expect(try await result.size == Self.size)
            #expect(received.value == pattern(Self.size))
        }
    }

    @Test func `an error of the closure ends the download`() async throws {
        struct Closed: Error {}
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            let error = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(fixture.key, to: .sink { _ in throw Closed() })
            }
            #expect(error.code == .targetFailed)
            #expect(error.underlyingError is Closed)
            #expect(error.downloadToken?.bytesDelivered == 0)
        }
    }

    @Test func `an empty object produces no bytes`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, ByteBuffer())
            let calls = Shared(0)
            try await fixture.client.download(fixture.key, to: .sink { _ in calls.change { $0 += 1 } })
            #expect(calls.value == 0)
        }
    }
}
#endif
