#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct UploadResumeTests {
    private static let size = 4 * partLength + 100

    /// Uploads until a part fails, and returns the resume token with parts 1 and 2.
    private static func interrupted(
        _ fixture: TransferFixture, _ source: UploadSource, precondition: ObjectPrecondition? = nil
    ) async throws -> R2Upload.ResumeToken {
        fixture.bucket.fail("UploadPart 3", .error(403, "AccessDenied"))
        var options = TransferFixture.parts(concurrency: 1, onFailure: .keepForResume)
        options.precondition = precondition
        let error = try await transferError { [options] () async throws(TransferError) in
            _ = try await fixture.client.upload(source, to: fixture.key, options: options)
        }
        return try #require(error.uploadToken)
    }

    @Test(arguments: [false, true]) func `finished parts aren't sent again`(isFile: Bool) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let source = isFile ? UploadSource.file(try fixture.file(bytes)) : .bytes(bytes)
            let token = try await Self.interrupted(fixture, source)
            #expect(token.bytesStored == 2 * partLength)
            // As in another process.
            let json = try JSONEncoder().encode(token)
            let read = try JSONDecoder().decode(R2Upload.ResumeToken.self, from: json)
            #expect(read == token)

            let before = fixture.bucket.requests.count
            let upload = fixture.client.makeUpload(resuming: read, from: source)
            async let result = upload.run()
            var progress = upload.progress.makeAsyncIterator()
            #expect(try #require(await progress.next(isolation: nil)).bytesDone >= 2 * partLength)
            #expect(try await result.bytesSent == 2 * partLength + 100)
            #expect(fixture.bucket.sentParts(after: before).sorted() == [3, 4, 5])
            #expect(fixture.object?.content == bytes)
            #expect(fixture.bucket.count("CreateMultipartUpload") == 1)
        }
    }

    @Test func `a second failure loses nothing`() async throws {
        try await TransferFixture.run { fixture in
            let source = UploadSource.file(try fixture.file(pattern(Self.size)))
            let token = try await Self.interrupted(fixture, source)
            fixture.bucket.fail("UploadPart 5", .error(403, "AccessDenied"))
            var options = UploadOptions.resuming
            options.concurrency = 1
            let error = try await transferError { [options] () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: source, options: options)
            }
            #expect(error.uploadToken?.parts.map(\.number).sorted() == [1, 2, 3, 4])
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(try #require(error.uploadToken), from: source)
            #expect(fixture.bucket.sentParts(after: before) == [5])
            #expect(fixture.object?.content == pattern(Self.size))
        }
    }

    @Test func `a part that is missing from an older token isn't sent again`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let source = UploadSource.file(try fixture.file(bytes))
            let token = try await Self.interrupted(fixture, source)
            fixture.bucket.storePart(token.uploadID.rawValue, 4, slice(bytes, 3 * partLength, partLength))
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(token, from: source)
            #expect(fixture.bucket.sentParts(after: before).sorted() == [3, 5])
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test(arguments: [false, true]) func `a part isn't sent again because a failed attempt is listed too`(
        isFile: Bool
    ) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let path = try fixture.file(bytes)
            let source = { @Sendable in
                isFile
                    ? UploadSource.file(path)
                    : .stream(
                        AsyncStream<ByteBuffer> { continuation in
                            continuation.yield(bytes)
                            continuation.finish()
                        })
            }
            let token = try await Self.interrupted(fixture, source())
            // A part whose response was lost isn't in the token.
            let id = token.uploadID.rawValue
            fixture.bucket.storePart(id, 4, slice(bytes, 3 * partLength, partLength))
            for number in [Int64(1), 4] {
                fixture.bucket.storeLeftover(
                    id, Int(number), slice(bytes, (number - 1) * partLength, number == 1 ? 0 : 10))
            }
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(token, from: source())
            #expect(fixture.bucket.sentParts(after: before).sorted() == [3, 5])
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test func `a part that was replaced since is sent again`() async throws {
        try await TransferFixture.run { fixture in
            let source = UploadSource.file(try fixture.file(pattern(Self.size)))
            let token = try await Self.interrupted(fixture, source)
            fixture.bucket.storePart(token.uploadID.rawValue, 2, pattern(partLength, seed: 9))
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(token, from: source)
            #expect(fixture.bucket.sentParts(after: before).sorted() == [2, 3, 4, 5])
            #expect(fixture.object?.content == pattern(Self.size))
        }
    }

    @Test(arguments: [false, true]) func `a changed file is an error and keeps the upload`(
        sameSize: Bool
    ) async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(Self.size))
            let token = try await Self.interrupted(fixture, .file(path))
            _ = try fixture.file(pattern(sameSize ? Self.size : Self.size - 1, seed: 2))
            let before = fixture.bucket.requests.count
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: .file(path), options: UploadOptions())
            }
            #expect(error.code == .sourceChanged)
            #expect(error.uploadToken == token)
            #expect(fixture.bucket.requests.count == before)
            #expect(fixture.bucket.uploads.values.first?.parts.count == 2)
        }
    }

    /// The reason why a resumption fails before it starts.
    enum Obstacle: CaseIterable, Sendable {
        case fileIsMissing, listIsRefused, noConnection, wrongOptions, cancellation
    }

    @Test(arguments: Obstacle.allCases, [FailurePolicy.abort, .keepForResume])
    func `a resumption that fails before it starts can be repeated`(
        _ obstacle: Obstacle, policy: FailurePolicy
    ) async throws {
        try await TransferFixture.run { fixture in
            let path = try fixture.file(pattern(Self.size))
            let token = try await Self.interrupted(fixture, .file(path))
            var options = UploadOptions(onFailure: policy)
            var source = path
            switch obstacle {
            case .fileIsMissing: source = fixture.path("missing")
            case .listIsRefused: fixture.bucket.fail("ListParts", .error(403, "AccessDenied"))
            case .noConnection: fixture.bucket.fail("ListParts", times: 5, .drop)
            case .wrongOptions: options.concurrency = 0
            case .cancellation: break
            }
            let upload = fixture.client.makeUpload(resuming: token, from: .file(source), options: options)
            let error = try await transferError { () async throws(TransferError) in
                let task = Task { () -> TransferError? in
                    if obstacle == .cancellation { withUnsafeCurrentTask { $0?.cancel() } }
                    do throws(TransferError) { _ = try await upload.run() } catch { return error }
                    return nil
                }
                if let error = await task.value { throw error }
            }
            #expect(error.uploadToken == token && upload.token == token)
            #expect(error.cleanupError == nil)
            #expect(fixture.bucket.count("AbortMultipartUpload") == 0)
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(try #require(error.uploadToken), from: .file(path))
            #expect(fixture.bucket.sentParts(after: before).sorted() == [3, 4, 5])
            #expect(fixture.object?.content == pattern(Self.size))
        }
    }

    @Test func `changed bytes are detected by their digests`() async throws {
        try await TransferFixture.run { fixture in
            let token = try await Self.interrupted(fixture, .bytes(pattern(Self.size)))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: .bytes(pattern(Self.size, seed: 2)))
            }
            #expect(error.code == .sourceChanged)
            #expect(fixture.object == nil)
        }
    }

    @Test func `a stream is resumed from its start`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let stream = { @Sendable in
                AsyncStream<ByteBuffer> { continuation in
                    continuation.yield(bytes)
                    continuation.finish()
                }
            }
            let token = try await Self.interrupted(fixture, .stream(stream()))
            let before = fixture.bucket.requests.count
            let upload = fixture.client.makeUpload(resuming: token, from: .stream(stream()))
            let result = try await upload.run()
            #expect(fixture.bucket.sentParts(after: before).sorted() == [3, 4, 5])
            #expect(fixture.object?.content == bytes)
            #expect(result.size == Self.size)
            var progress = upload.progress.makeAsyncIterator()
            #expect(
                await progress.next(isolation: nil) == TransferProgress(bytesDone: Self.size, totalBytes: Self.size))
        }
    }

    @Test(arguments: [partLength, partLength + 100])
    func `a shorter stream isn't completed with the parts of the longer one`(
        _ length: Int64
    ) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let stream = { @Sendable (length: Int64) in
                AsyncStream<ByteBuffer> { continuation in
                    continuation.yield(slice(bytes, 0, length))
                    continuation.finish()
                }
            }
            fixture.bucket.fail("UploadPart 4", .error(403, "AccessDenied"))
            let first = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .stream(stream(Self.size)), to: fixture.key,
                    options: TransferFixture.parts(concurrency: 1, onFailure: .keepForResume))
            }
            let token = try #require(first.uploadToken)
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: .stream(stream(length)))
            }
            #expect(error.code == .sourceChanged)
            #expect(fixture.object == nil)
        }
    }

    @Test(arguments: [[1], [1, 2, 3, 4], [2, 4], [5], [1, 5], []])
    func `an upload can be resumed by its ID`(stored: [Int]) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let path = try fixture.file(bytes)
            let id = try await fixture.client.send(CreateMultipartUpload(fixture.key))
            let plan = try PartPlan(totalLength: Self.size, partLength: partLength)
            for number in stored {
                let part = try plan.part(number)
                fixture.bucket.storePart(id.rawValue, number, slice(bytes, part.offset, part.length))
            }
            let before = fixture.bucket.requests.count
            var options = UploadOptions.resuming
            if stored.isEmpty { options.partLength = partLength }
            let result = try await fixture.client.resume(
                id, of: fixture.key, from: .file(path), options: options)
            let missing = (1...5).filter { !stored.contains($0) }
            #expect(fixture.bucket.sentParts(after: before).sorted() == missing)
            #expect(fixture.object?.content == bytes)
            #expect(result.partCount == 5)
        }
    }

    @Test func `a changed file is detected by its digests when only the ID is known`() async throws {
        try await TransferFixture.run { fixture in
            let id = try await fixture.client.send(CreateMultipartUpload(fixture.key))
            fixture.bucket.storePart(id.rawValue, 1, pattern(partLength, seed: 2))
            let path = try fixture.file(pattern(Self.size))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(id, of: fixture.key, from: .file(path))
            }
            #expect(error.code == .sourceChanged)
            #expect(fixture.bucket.uploads.count == 1)
        }
    }

    @Test func `parts that don't fit the file are an error`() async throws {
        try await TransferFixture.run { fixture in
            let id = try await fixture.client.send(CreateMultipartUpload(fixture.key))
            fixture.bucket.storePart(id.rawValue, 1, pattern(partLength))
            fixture.bucket.storePart(id.rawValue, 2, pattern(partLength + 1))
            let path = try fixture.file(pattern(Self.size))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(id, of: fixture.key, from: .file(path))
            }
            #expect(error.code == .partsDoNotFit)
        }
    }

    @Test(arguments: [false, true])
    func `a server that doesn't list parts gets only those that aren't in the token`(isFile: Bool) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(Self.size)
            let source = isFile ? UploadSource.file(try fixture.file(bytes)) : .bytes(bytes)
            let token = try await Self.interrupted(fixture, source)
            fixture.bucket.fail("ListParts", times: 2, .error(501, "NotImplemented"))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token.uploadID, of: token.key, from: source)
            }
            #expect(error.code == .partsNotListed)
            let before = fixture.bucket.requests.count
            _ = try await fixture.client.resume(token, from: source)
            #expect(fixture.bucket.sentParts(after: before).sorted() == [3, 4, 5])
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test(arguments: [
        "<PartNumber>0</PartNumber><Size>1</Size>", "<PartNumber>1</PartNumber><Size>\(Int64.max)</Size>",
    ])
    func `a listed part that can't exist is an error`(part: String) async throws {
        let tag = "<ETag>\"9b2cf535f27731c974343645a3985328\"</ETag>"
        let page = "<IsTruncated>false</IsTruncated><Part>\(part)\(tag)</Part>"
        try await StubServer.run { _ in
            .response(200, [:], "<ListPartsResult>\(page)</ListPartsResult>")
        } _: { server in
            let (client, key) = (try server.client(), try Fixture.key())
            let id = try UploadID("id")
            let error = try await transferError { () async throws(TransferError) in
                _ = try await client.resume(id, of: key, from: .bytes(pattern(10)))
            }
            #expect(error.r2Error?.code == .invalidResponse)
        }
    }

    @Test func `a part with a weak ETag completes no upload`() async throws {
        try await TransferFixture.run { fixture in
            let id = try await fixture.client.createMultipartUpload(fixture.key)
            let json = #"[{"number":1,"etag":"W/\"a\""}]"#
            let parts = try JSONDecoder().decode([CompletedPart].self, from: Data(json.utf8))
            await #expect {
                try await fixture.client.send(CompleteMultipartUpload(id, key: fixture.key, parts: parts))
            } throws: { ($0 as? R2ValidationError)?.code == .invalidETag }
            #expect(fixture.bucket.count("CompleteMultipartUpload") == 0)
        }
    }

    @Test func `a missing upload is an error`() async throws {
        try await TransferFixture.run { fixture in
            let source = UploadSource.file(try fixture.file(pattern(Self.size)))
            let token = try await Self.interrupted(fixture, source)
            fixture.bucket.forget(token.uploadID.rawValue)
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: source)
            }
            #expect(error.code == .uploadNotFound)
            #expect(error.uploadToken == nil)
        }
    }

    @Test func `an upload whose completion response was lost is recognized as complete`() async throws {
        try await TransferFixture.run(retry: .none) { fixture in
            let source = UploadSource.file(try fixture.file(pattern(Self.size)))
            fixture.bucket.fail("CompleteMultipartUpload", .dropAfterWork)
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    source, to: fixture.key, options: TransferFixture.parts(onFailure: .keepForResume))
            }
            let result = try await fixture.client.resume(try #require(error.uploadToken), from: source)
            #expect(result.etag.opaqueValue == fixture.object?.etag)
            #expect(result.partCount == 5)
            #expect(result.bytesSent == 0)
        }
    }

    @Test func `the original precondition applies at completion`() async throws {
        try await TransferFixture.run { fixture in
            let source = UploadSource.file(try fixture.file(pattern(Self.size)))
            let token = try await Self.interrupted(fixture, source, precondition: .ifAbsent)
            fixture.bucket.store(fixture.key.rawValue, ByteBuffer(string: "in between"))
            let json = try JSONEncoder().encode(token)
            let error = try await transferError { () async throws(TransferError) in
                guard let read = try? JSONDecoder().decode(R2Upload.ResumeToken.self, from: json) else { return }
                _ = try await fixture.client.resume(read, from: source)
            }
            #expect(error.code == .preconditionFailed)
            #expect(fixture.object?.content == ByteBuffer(string: "in between"))
        }
    }

    @Test func `a token keeps its precondition`() throws {
        let etag = try ETag("9b2cf535f27731c974343645a3985328")
        let cases: [(json: String, precondition: ObjectPrecondition?)] = [
            ("", nil),
            (#""ifAbsent":true,"#, .ifAbsent),
            (#""ifMatch":"\#(etag.opaqueValue)","#, .ifMatch(etag)),
            (#""ifNoneMatch":"\#(etag.opaqueValue)","#, .ifNoneMatch(etag)),
            (#""ifPresent":true,"#, .ifPresent),
        ]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for (fields, precondition) in cases {
            let json = #"{\#(fields)"key":"a","partLength":5242880,"parts":[],"uploadID":"u"}"#
            let token = try JSONDecoder().decode(R2Upload.ResumeToken.self, from: Data(json.utf8))
            #expect(token.precondition == precondition)
            #expect(String(decoding: try encoder.encode(token), as: UTF8.self) == json)
        }
    }

    @Test(arguments: [
        #"{"key":"a","uploadID":"u","partLength":1,"parts":[]}"#,
        #"{"key":"","uploadID":"u","partLength":5242880,"parts":[]}"#,
        #"{"key":"a","uploadID":"","partLength":5242880,"parts":[]}"#,
        #"{"key":"a","uploadID":"u","partLength":5242880,"totalLength":-1,"parts":[]}"#,
        #"{"key":"a","uploadID":"u","partLength":5242880,"parts":[{"number":1,"etag":"","size":1}]}"#,
        #"{"key":"a","uploadID":"u","partLength":5242880,"parts":[{"number":0,"etag":"x","size":1}]}"#,
        #"{"key":"a","uploadID":"u","partLength":5242880,"parts":[{"number":1,"etag":"x","size":-1}]}"#,
        #"{"key":"a","uploadID":"u","partLength":5242880,"parts":[{"number":1,"etag":"x","size":9223372036854775807}]}"#,
    ]) func `a damaged token isn't decoded`(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(R2Upload.ResumeToken.self, from: Data(json.utf8))
        }
    }
}
#endif
