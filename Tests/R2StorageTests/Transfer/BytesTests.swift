#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

/// Downloads read as sequences.
@Suite struct BytesTests {
    private static let size: Int64 = 1_000_003
    private static let options = DownloadOptions(rangeLength: 65_536, concurrency: 4)

    private static func run(_ test: @escaping @Sendable (TransferFixture) async throws -> Void) async throws {
        try await TransferFixture.run(shutdownTimeLimit: .seconds(60)) { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(size))
            try await test(fixture)
        }
    }

    @Test(arguments: [0, 1, 65_536, Self.size]) func `the sequence returns the whole object in order`(size: Int64)
        async throws
    {
        try await Self.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(size))
            let sequence = fixture.client.bytes(of: fixture.key, options: Self.options)
            #expect(fixture.bucket.requests.isEmpty)
            // Each iterator reads it from the beginning.
            for _ in 0..<2 {
                var content = ByteBuffer()
                var chunks = sequence.makeAsyncIterator()
                while var chunk = try await chunks.next() { content.writeBuffer(&chunk) }
                #expect(content == pattern(size))
                #expect(try await chunks.next() == nil)
            }
            #expect(fixture.bucket.count("GetObject") == 2 * Int((size + 65_535) / 65_536))
        }
    }

    @Test func `a download fetches no more than the reader has room for`() async throws {
        try await Self.run { fixture in
            var chunks = fixture.client.bytes(of: fixture.key, options: Self.options).makeAsyncIterator()
            _ = try await chunks.next()
            try await eventually("the ranges ahead are asked for") { fixture.bucket.count("GetObject") >= 4 }
            for _ in 0..<1000 { await Task.yield() }
            // The first chunk may have been all of its range.
            #expect(fixture.bucket.count("GetObject") <= 5)
            while try await chunks.next() != nil {}
            #expect(fixture.bucket.count("GetObject") == 16)
        }
    }

    @Test func `releasing the iterator cancels the download`() async throws {
        try await Self.run { fixture in
            for try await chunk in fixture.client.bytes(of: fixture.key, options: Self.options) {
                #expect(chunk.readableBytes > 0)
                break
            }
            // It waits for the download, which would otherwise request all ranges.
            try await fixture.client.shutdown()
            #expect(fixture.bucket.count("GetObject") <= 5)
        }
    }

    @Test(arguments: [false, true])
    func `resuming a failed or cancelled sequence doesn't repeat chunks`(isCancelled: Bool) async throws {
        try await Self.run { fixture in
            let content = Shared(ByteBuffer())
            if !isCancelled {
                fixture.bucket.fail("GetObject", times: 5, .work { _ in })
                fixture.bucket.fail("GetObject", .error(403, "AccessDenied"))
            }
            let reader = Task { () -> TransferError? in
                do throws(TransferError) {
                    for try await chunk in fixture.client.bytes(of: fixture.key, options: Self.options) {
                        content.change { _ = $0.writeImmutableBuffer(chunk) }
                        if isCancelled, content.value.readableBytes > 200_000 {
                            withUnsafeCurrentTask { $0?.cancel() }
                        }
                    }
                } catch {
                    return error
                }
                return nil
            }
            let error = try #require(await reader.value)
            #expect(error.code == (isCancelled ? .cancelled : .requestFailed))
            let token = try #require(error.downloadToken)
            #expect(token.bytesDelivered == Int64(content.value.readableBytes))
            for try await chunk in fixture.client.bytes(resuming: token) {
                content.change { _ = $0.writeImmutableBuffer(chunk) }
            }
            #expect(content.value == pattern(Self.size))
        }
    }

    @Test func `an object that changes during the download is an error`() async throws {
        try await Self.run { fixture in
            let error = try await transferError { () async throws(TransferError) in
                for try await _ in fixture.client.bytes(of: fixture.key, options: Self.options) {
                    fixture.bucket.store(fixture.key.rawValue, pattern(Self.size, seed: 2))
                }
            }
            #expect(error.code == .objectChanged)
        }
    }
}
#endif
