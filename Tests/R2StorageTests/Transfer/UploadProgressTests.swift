#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

@Suite struct UploadProgressTests {
    @Test func `a slow part doesn't delay the others`() async throws {
        try await TransferFixture.run { fixture in
            let latch = Latch()
            fixture.bucket.fail("UploadPart 1", .wait(latch))
            let upload = fixture.client.makeUpload(
                .bytes(pattern(6 * partLength)), to: fixture.key, options: TransferFixture.parts(concurrency: 2))
            async let result = upload.run()
            // The other task sends the remaining parts in the meantime.
            try await eventually("all other parts are stored") { upload.token?.parts.count == 5 }
            #expect(upload.token?.parts.map(\.number) == [2, 3, 4, 5, 6])
            latch.open()
            #expect(try await result.partCount == 6)
        }
    }

    @Test func `the concurrency limits the parts in flight`() async throws {
        try await TransferFixture.run { fixture in
            let latch = Latch()
            fixture.bucket.fail("UploadPart", times: 10, .wait(latch))
            let upload = fixture.client.makeUpload(
                .bytes(pattern(5 * partLength)), to: fixture.key, options: TransferFixture.parts(concurrency: 3))
            async let result = upload.run()
            try await eventually("three parts are under way") { fixture.bucket.count("UploadPart") == 3 }
            for _ in 0..<50 { await Task.yield() }
            #expect(fixture.bucket.count("UploadPart") == 3)
            latch.open()
            _ = try await result
        }
    }

    @Test(arguments: [false, true]) func `only a failed part is sent again`(isFile: Bool) async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("UploadPart 2", .error(503, "ServiceUnavailable"))
            fixture.bucket.fail("UploadPart 3", .drop)
            fixture.bucket.fail("UploadPart 4", .dropAfterWork)
            let bytes = pattern(4 * partLength)
            let source = isFile ? UploadSource.file(try fixture.file(bytes)) : .bytes(bytes)
            let result = try await fixture.client.upload(source, to: fixture.key, options: TransferFixture.parts())
            #expect(fixture.bucket.sentParts().sorted() == [1, 2, 2, 3, 3, 4, 4])
            #expect(fixture.object?.content == bytes)
            #expect(result.bytesSent > 4 * partLength)
        }
    }

    @Test func `progress never decreases and ends at the total`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("UploadPart 2", times: 2, .error(503, "ServiceUnavailable"))
            let upload = fixture.client.makeUpload(
                .file(try fixture.file(pattern(3 * partLength + 1))), to: fixture.key,
                options: TransferFixture.parts())
            async let result = upload.run()
            var seen: [TransferProgress] = []
            for await progress in upload.progress { seen.append(progress) }
            _ = try await result
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.bytesDone <= $1.bytesDone })
            #expect(seen.allSatisfy { $0.totalBytes == 3 * partLength + 1 })
            #expect(seen.last?.bytesDone == 3 * partLength + 1)
            #expect(seen.last?.fraction == 1)
        }
    }

    @Test func `the total of a stream is known at the end`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(partLength + 1)
            let stream = AsyncStream<ByteBuffer> { continuation in
                continuation.yield(bytes)
                continuation.finish()
            }
            let upload = fixture.client.makeUpload(.stream(stream), to: fixture.key, options: TransferFixture.parts())
            _ = try await upload.run()
            // A late reader still gets the last value.
            var seen: [TransferProgress] = []
            for await progress in upload.progress { seen.append(progress) }
            #expect(seen == [TransferProgress(bytesDone: partLength + 1, totalBytes: partLength + 1)])
        }
    }

    @Test func `a slow reader gets the latest progress and doesn't delay the upload`() async throws {
        try await TransferFixture.run { fixture in
            let upload = fixture.client.makeUpload(
                .bytes(pattern(4 * partLength)), to: fixture.key, options: TransferFixture.parts())
            var reader = upload.progress.makeAsyncIterator()
            async let result = upload.run()
            #expect(await reader.next(isolation: nil) != nil)
            _ = try await result  // while nobody reads
            #expect(await reader.next(isolation: nil)?.bytesDone == 4 * partLength)
            #expect(await reader.next(isolation: nil) == nil)
        }
    }

    @Test func `the progress sequence ends when its task is cancelled`() async throws {
        try await TransferFixture.run { fixture in
            let upload = fixture.client.makeUpload(.bytes(pattern(10)), to: fixture.key)  // never run
            let reader = Task { () -> Int in
                var count = 0
                for await _ in upload.progress { count += 1 }
                return count
            }
            reader.cancel()
            #expect(await reader.value == 0)
        }
    }

    @Test func `each part produces a token`() async throws {
        try await TransferFixture.run { fixture in
            let upload = fixture.client.makeUpload(
                .bytes(pattern(3 * partLength)), to: fixture.key, options: TransferFixture.parts(concurrency: 1))
            #expect(upload.token == nil)
            let latch = Latch()
            fixture.bucket.fail("UploadPart 3", .wait(latch))
            async let result = upload.run()
            var newest: R2Upload.ResumeToken?
            for await token in upload.tokens {
                newest = token
                if token.parts.count == 2 { latch.open() }
            }
            #expect(newest?.parts.map(\.number).starts(with: [1, 2]) == true)
            #expect(newest?.key == fixture.key)
            _ = try await result
            #expect(upload.token == nil)
        }
    }
}
#endif
