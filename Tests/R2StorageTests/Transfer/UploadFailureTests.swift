#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

@Suite struct UploadFailureTests {
    @Test(arguments: [FailurePolicy.abort, .keepForResume])
    func `a failed upload applies the failure policy`(policy: FailurePolicy) async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("UploadPart 2", .error(403, "AccessDenied"))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .bytes(pattern(2 * partLength)), to: fixture.key,
                    options: TransferFixture.parts(concurrency: 1, onFailure: policy))
            }
            #expect(error.code == .requestFailed)
            #expect(error.r2Error?.code == .accessDenied)
            #expect(error.cleanupError == nil)
            #expect(fixture.bucket.uploads.count == (policy == .abort ? 0 : 1))
            #expect(error.uploadToken?.parts.map(\.number) == (policy == .abort ? nil : [1]))
        }
    }

    @Test func `a failed abort doesn't hide the first error`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("UploadPart", .error(403, "AccessDenied"))
            fixture.bucket.fail("AbortMultipartUpload", .error(400, "InvalidArgument"))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .bytes(pattern(partLength)), to: fixture.key, options: TransferFixture.parts())
            }
            #expect(error.r2Error?.code == .accessDenied)
            #expect((error.cleanupError as? R2Error)?.code == .invalidArgument)
            #expect(error.uploadToken?.uploadID.rawValue == fixture.bucket.uploads.keys.first)
            #expect("\(error)".contains("AccessDenied"))
        }
    }

    @Test func `an abort without a response times out`() async throws {
        try await TransferFixture.run { fixture in
            let latch = Latch()
            fixture.bucket.fail("UploadPart", .error(403, "AccessDenied"))
            fixture.bucket.fail("AbortMultipartUpload", .wait(latch))
            var options = TransferFixture.parts()
            options.abortTimeLimit = .milliseconds(50)
            let error = try await transferError { [options] () async throws(TransferError) in
                _ = try await fixture.client.upload(.bytes(pattern(partLength)), to: fixture.key, options: options)
            }
            #expect(error.r2Error?.code == .accessDenied)
            #expect(error.cleanupError != nil)
            latch.open()
        }
    }

    @Test(arguments: [FailurePolicy.abort, .keepForResume])
    func `a cancelled upload doesn't wait for a response, and applies the failure policy`(
        policy: FailurePolicy
    ) async throws {
        try await TransferFixture.run { fixture in
            let latch = Latch()
            fixture.bucket.fail("UploadPart 2", .wait(latch))
            fixture.bucket.fail("UploadPart 3", .wait(latch))
            let upload = fixture.client.makeUpload(
                .file(try fixture.file(pattern(3 * partLength))), to: fixture.key,
                options: TransferFixture.parts(concurrency: 2, onFailure: policy))
            let error = try await transferError { () async throws(TransferError) in
                try await Self.cancelled(
                    upload,
                    when: { fixture.bucket.count("UploadPart") == 3 && upload.token?.parts.count == 1 })
            }
            #expect(error.code == .cancelled)
            #expect(error.cleanupError == nil)
            #expect(fixture.bucket.uploads.count == (policy == .abort ? 0 : 1))
            #expect(error.uploadToken?.parts.map(\.number) == (policy == .abort ? nil : [1]))
            #expect(fixture.object == nil)
        }
    }

    /// Runs an upload, cancels it when `condition` holds, and then calls `then`.
    private static func cancelled(
        _ upload: R2Upload, when condition: () -> Bool, then: () -> Void = {}
    ) async throws(TransferError) {
        let running = Task { () -> Result<UploadResult, TransferError> in
            do throws(TransferError) { return .success(try await upload.run()) } catch { return .failure(error) }
        }
        try? await eventually("the upload is where it is to be cancelled", condition)
        running.cancel()
        then()
        _ = try await running.value.get()
    }

    @Test func `an upload that is cancelled during its creation leaves nothing`() async throws {
        try await TransferFixture.run { fixture in
            let latch = Latch()
            fixture.bucket.fail("CreateMultipartUpload", .workThenWait(latch))
            let upload = fixture.client.makeUpload(
                .bytes(pattern(partLength)), to: fixture.key, options: TransferFixture.parts())
            let error = try await transferError { () async throws(TransferError) in
                try await Self.cancelled(upload, when: { fixture.bucket.uploads.count == 1 }) {
                    latch.open()
                }
            }
            #expect(error.code == .cancelled)
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `a cancelled upload is aborted even if its ID arrives late`() async throws {
        try await TransferFixture.run { fixture in
            let latch = Latch()
            fixture.bucket.fail("CreateMultipartUpload", .workThenWait(latch))
            let upload = fixture.client.makeUpload(
                .bytes(pattern(partLength)), to: fixture.key, options: TransferFixture.parts())
            let running = Task { () -> TransferError? in
                do throws(TransferError) { _ = try await upload.run() } catch { return error }
                return nil
            }
            try await eventually("the upload is there") { fixture.bucket.uploads.count == 1 }
            running.cancel()
            // The latency of a distant server.
            try await Task.sleep(for: .seconds(1))
            latch.open()
            #expect(await running.value?.code == .cancelled)
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `a stream that ends because of a cancellation isn't stored`() async throws {
        try await TransferFixture.run { fixture in
            let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
            continuation.yield(pattern(1000))
            let upload = fixture.client.makeUpload(.stream(stream), to: fixture.key)
            let error = try await transferError { () async throws(TransferError) in
                try await Self.cancelled(upload, when: { true })
            }
            #expect(error.code == .cancelled)
            #expect(fixture.object == nil)
            continuation.finish()
        }
    }

    @Test func `a file that changes during its upload isn't stored`() async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(3 * partLength))
            fixture.bucket.fail(
                "UploadPart 1", .work { _ in _ = try? fixture.file(pattern(3 * partLength, seed: 2)) })
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .file(path), to: fixture.key, options: TransferFixture.parts(concurrency: 1))
            }
            #expect(error.code == .sourceChanged)
            #expect(fixture.object == nil)
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `an upload whose creation response was lost starts again and doesn't touch other uploads`() async throws
    {
        try await TransferFixture.run { fixture in
            // Another client's upload to the same key.
            let other = try await fixture.another().createMultipartUpload(fixture.key)
            fixture.bucket.fail("CreateMultipartUpload", times: 2, .dropAfterWork)
            let result = try await fixture.client.upload(
                .bytes(pattern(partLength + 3)), to: fixture.key, options: TransferFixture.parts())
            #expect(result.partCount == 2)
            #expect(fixture.object?.content == pattern(partLength + 3))
            #expect(fixture.bucket.count("AbortMultipartUpload") == 0)
            // The other client's upload, and an empty one for each lost response.
            #expect(fixture.bucket.uploads.count == 3 && fixture.bucket.uploads[other.rawValue] != nil)
            #expect(fixture.bucket.uploads.values.allSatisfy { $0.parts.isEmpty })
        }
    }

    @Test func `a completion whose response is lost succeeds`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("CompleteMultipartUpload", .dropAfterWork)
            let result = try await fixture.client.upload(
                .bytes(pattern(partLength + 3)), to: fixture.key, options: TransferFixture.parts())
            #expect(result.etag.opaqueValue == fixture.object?.etag)
            #expect(fixture.object?.content == pattern(partLength + 3))
        }
    }
}
#endif
