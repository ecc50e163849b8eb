#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

@Suite struct UploadStreamTests {
    /// Divides bytes into chunks of the given sizes, repeatedly.
    private static func chunks(_ bytes: ByteBuffer, _ sizes: [Int]) -> AsyncStream<ByteBuffer> {
        var rest = bytes
        var turn = 0
        var chunks: [ByteBuffer] = []
        while rest.readableBytes > 0 {
            let size = min(sizes[turn % sizes.count], rest.readableBytes)
            if let chunk = rest.readSlice(length: size) { chunks.append(chunk) }
            turn += 1
        }
        return AsyncStream { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
    }

    @Test(arguments: [
        (2 * partLength + 12_345, [1, 70_001, 3_000_000, 0, 65_536], 3),
        (3 * partLength, [Int(partLength)], 3),
        (2 * partLength, [Int(partLength) * 2], 2),
        (2 * partLength + 1, [Int(partLength) - 1, 2], 3),
    ]) func `a stream with chunks of any size is sent in equal parts`(length: Int64, sizes: [Int], parts: Int)
        async throws
    {
        try await TransferFixture.run { fixture in
            let bytes = pattern(length)
            let result = try await fixture.client.upload(
                .stream(Self.chunks(bytes, sizes)), to: fixture.key, options: TransferFixture.parts())
            #expect(fixture.object?.content == bytes)
            #expect(result.partCount == parts)
            #expect(result.size == length)
        }
    }

    @Test(arguments: [0, 1, partLength]) func `a stream that fits in one part is sent in a single request`(
        length: Int64
    ) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(length)
            let upload = fixture.client.makeUpload(
                .stream(Self.chunks(bytes, [1_000_000])), to: fixture.key,
                options: TransferFixture.parts(concurrency: 1))
            let result = try await upload.run()
            #expect(fixture.bucket.names == ["PutObject"])
            #expect(fixture.object?.content == bytes)
            #expect(result.partCount == nil)
        }
    }

    @Test func `a stream is uploaded one part at a time`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(2 * partLength + 5)
            _ = try await fixture.client.upload(
                .stream(Self.chunks(bytes, [999_999])), to: fixture.key, options: TransferFixture.parts(concurrency: 1))
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test func `a stream of byte arrays is uploaded`() async throws {
        try await TransferFixture.run { fixture in
            let stream = AsyncStream<[UInt8]> { continuation in
                continuation.yield([1, 2])
                continuation.yield([])
                continuation.yield([3])
                continuation.finish()
            }
            _ = try await fixture.client.upload(.stream(stream), to: fixture.key)
            #expect(fixture.object?.content == ByteBuffer(bytes: [1, 2, 3]))
        }
    }

    @Test(arguments: [(Int64(-1), "sourceTooLong"), (1, "sourceTooShort")])
    func `a stream with a wrong announced length stores nothing`(more: Int64, code: String) async throws {
        try await TransferFixture.run { fixture in
            for length in [Int64(1000), 2 * partLength] {
                let source = UploadSource.stream(Self.chunks(pattern(length), [500_000]), length: length + more)
                let error = try await transferError { () async throws(TransferError) in
                    _ = try await fixture.client.upload(source, to: fixture.key, options: TransferFixture.parts())
                }
                #expect("\(error.code)" == code)
                #expect(fixture.object == nil)
                #expect(fixture.bucket.uploads.isEmpty)
            }
        }
    }

    @Test func `an error of the stream is the underlying error and nothing is stored`() async throws {
        struct Broken: Error {}
        try await TransferFixture.run { fixture in
            let bytes = pattern(partLength + 1)
            let stream = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                continuation.yield(bytes)
                continuation.finish(throwing: Broken())
            }
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .stream(stream), to: fixture.key, options: TransferFixture.parts())
            }
            #expect(error.code == .sourceFailed)
            #expect(error.underlyingError is Broken)
            #expect(fixture.object == nil)
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `the maximum stream length determines the part size`() async throws {
        try await TransferFixture.run { fixture in
            let options = UploadOptions(maximumStreamLength: 90_000 * mebibyte)  // 9 MiB a part
            let bytes = pattern(9 * mebibyte + 1)
            _ = try await fixture.client.upload(
                .stream(Self.chunks(bytes, [1_000_000])), to: fixture.key, options: options)
            let lengths = fixture.bucket.requests.filter { $0.name.hasPrefix("UploadPart") }
                .map(\.body.readableBytes).sorted()
            #expect(lengths == [1, Int(9 * mebibyte)])
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test func `stream parts that are too large for memory are an error`() async throws {
        try await TransferFixture.run { fixture in
            let options = UploadOptions(partLength: 2048 * mebibyte)
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .stream(Self.chunks(pattern(1), [1])), to: fixture.key, options: options)
            }
            #expect(error.code == .invalidOptions)
            #expect(fixture.bucket.requests.isEmpty)
        }
    }

    /// A stream that counts the chunks read from it.
    private struct Source: AsyncSequence, Sendable {
        let chunk: ByteBuffer
        let count: Int
        let pulled: Shared<Int>

        struct Iterator: AsyncIteratorProtocol {
            let source: Source
            var turn = 0

            mutating func next() async throws -> ByteBuffer? {
                guard turn < source.count else { return nil }
                turn += 1
                source.pulled.change { $0 += source.chunk.readableBytes }
                return source.chunk
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator(source: self) }
    }

    @Test func `only the parts in flight are held in memory`() async throws {
        try await TransferFixture.run { fixture in
            let chunk = pattern(mebibyte)
            let pulled = Shared(0)
            let latch = Latch()
            fixture.bucket.fail("UploadPart", times: 2, .wait(latch))
            let upload = fixture.client.makeUpload(
                .stream(Source(chunk: chunk, count: 30, pulled: pulled)), to: fixture.key,
                options: TransferFixture.parts(concurrency: 2))
            async let result = upload.run()
            try await eventually("two parts are sent") { fixture.bucket.count("UploadPart") == 2 }
            // Two parts, and the chunk that doesn't fit.
            let most = Int(2 * partLength + mebibyte)
            for _ in 0..<20 { await Task.yield() }
            #expect(pulled.value <= most)
            latch.open()
            #expect(try await result.size == 30 * mebibyte)
            #expect(fixture.object?.content.readableBytes == Int(30 * mebibyte))
        }
    }
}
#endif
