#if Storage
import NIOCore
import NIOHTTP1
import R2Kit
import R2Storage
import Testing

@Suite struct TransferUploadTests {
    @Test func `a small file is sent in a single request`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(100_000)
            var options = UploadOptions()
            options.properties = ObjectProperties(contentType: "video/mp4", userMetadata: ["lecture": "1"])
            let result = try await fixture.client.upload(
                .file(try fixture.file(bytes)), to: fixture.key, options: options)
            #expect(fixture.bucket.names == ["PutObject"])
            #expect(fixture.object?.content == bytes)
            #expect(fixture.object?.headers["content-type"] == "video/mp4")
            #expect(fixture.object?.headers["x-amz-meta-lecture"] == "1")
            #expect(result.etag.opaqueValue == fixture.object?.etag)
            #expect(result.size == 100_000)
            #expect(result.partCount == nil)
            #expect(result.bytesSent == 100_000)
        }
    }

    @Test(arguments: [false, true]) func `an empty source becomes an empty object`(isFile: Bool) async throws {
        try await TransferFixture.run { fixture in
            let source = isFile ? UploadSource.file(try fixture.file(ByteBuffer())) : .bytes(ByteBuffer())
            var options = UploadOptions()
            options.multipartThreshold = 0
            let result = try await fixture.client.upload(source, to: fixture.key, options: options)
            #expect(fixture.bucket.names == ["PutObject"])
            #expect(fixture.object?.content.readableBytes == 0)
            #expect(result.size == 0)
        }
    }

    @Test func `content above the threshold is sent in parts`() async throws {
        try await TransferFixture.run { fixture in
            let options = UploadOptions(multipartThreshold: partLength + 1, partLength: partLength)
            let bytes = pattern(partLength + 2)
            let one = try await fixture.client.upload(
                .bytes(slice(bytes, 0, partLength + 1)), to: fixture.key, options: options)
            #expect(one.partCount == nil)
            let two = try await fixture.client.upload(.bytes(bytes), to: fixture.key, options: options)
            #expect(two.partCount == 2)
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test(arguments: [false, true]) func `a large source is sent in equal parts`(isFile: Bool) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(3 * partLength + 7)
            let source = isFile ? UploadSource.file(try fixture.file(bytes)) : .bytes(bytes)
            var options = TransferFixture.parts()
            options.properties.contentType = "video/mp4"
            let result = try await fixture.client.upload(source, to: fixture.key, options: options)
            #expect(fixture.object?.content == bytes)
            #expect(fixture.object?.headers["content-type"] == "video/mp4")
            #expect(fixture.bucket.names.first == "CreateMultipartUpload")
            #expect(fixture.bucket.names.last == "CompleteMultipartUpload")
            #expect(fixture.bucket.sentParts().sorted() == [1, 2, 3, 4])
            #expect(result.partCount == 4)
            #expect(result.bytesSent == 3 * partLength + 7)
            #expect(result.etag.opaqueValue == fixture.object?.etag)
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `a source that fills its parts has no empty last part`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(2 * partLength)
            let result = try await fixture.client.upload(
                .file(try fixture.file(bytes)), to: fixture.key, options: TransferFixture.parts())
            #expect(result.partCount == 2)
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test(arguments: [
        (Checksum.Algorithm.crc32, "x-amz-checksum-crc32", "y/Q5Jg=="),
        (.crc32c, "x-amz-checksum-crc32c", "4waSgw=="),
        (.md5, "content-md5", "JfnnlDI7RTiF9RgfG2JNCw=="),
    ]) func `a requested checksum is sent`(
        algorithm: Checksum.Algorithm, header: String, expected: String
    ) async throws {
        try await TransferFixture.run { fixture in
            var options = UploadOptions()
            options.checksum = algorithm
            _ = try await fixture.client.upload(
                .file(try fixture.file(ByteBuffer(string: "123456789"))), to: fixture.key, options: options)
            #expect(fixture.bucket.requests.first?.headers[header] == expected)
        }
    }

    @Test(arguments: [
        (Checksum.Algorithm.crc32, "x-amz-checksum-crc32", UInt32(0xEDB8_8320)),
        (.crc32c, "x-amz-checksum-crc32c", 0x82F6_3B78),
    ]) func `a checksum covers all bytes for any chunk sizes`(
        algorithm: Checksum.Algorithm, header: String, polynomial: UInt32
    ) async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(262_144 + 4_321)
            var options = UploadOptions()
            options.checksum = algorithm
            _ = try await fixture.client.upload(
                .file(try fixture.file(bytes)), to: fixture.key, options: options)
            // Computed bit by bit, following the definition.
            var crc = UInt32.max
            for byte in bytes.readableBytesView {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? polynomial : 0) }
            }
            let expected = withUnsafeBytes(of: (~crc).bigEndian) { try? Checksum(algorithm, bytes: Array($0)) }
            #expect(fixture.bucket.requests.first?.headers[header] == (try #require(expected).base64))
        }
    }

    @Test func `each part has its own checksum, and only if requested`() async throws {
        try await TransferFixture.run { fixture in
            let bytes = pattern(partLength + 9)
            // The bucket rejects an MD5 digest that doesn't match its part.
            _ = try await fixture.client.upload(
                .bytes(bytes), to: fixture.key, options: TransferFixture.parts(checksum: .md5))
            let parts = fixture.bucket.requests.filter { $0.name.hasPrefix("UploadPart") }
            #expect(Set(parts.map { $0.headers["content-md5"] }).count == 2)
            #expect(parts.allSatisfy { !$0.headers.keys.contains { $0.hasPrefix("x-amz-checksum") } })
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test(arguments: [Int64(1000), 2 * partLength]) func `a failed precondition keeps the existing object`(size: Int64)
        async throws
    {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, ByteBuffer(string: "first"))
            var options = TransferFixture.parts(onFailure: .keepForResume)
            options.multipartThreshold = 1000
            options.precondition = .ifAbsent
            let source = UploadSource.bytes(pattern(size))
            let error = try await transferError { [options] () async throws(TransferError) in
                _ = try await fixture.client.upload(source, to: fixture.key, options: options)
            }
            #expect(error.code == .preconditionFailed)
            #expect(error.uploadToken == nil)
            #expect(fixture.object?.content == ByteBuffer(string: "first"))
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `an upload replaces the object with the expected ETag`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, ByteBuffer(string: "first"))
            var options = TransferFixture.parts()
            options.precondition = .ifMatch(try ETag(fixture.object?.etag ?? ""))
            let bytes = pattern(partLength + 1)
            _ = try await fixture.client.upload(.bytes(bytes), to: fixture.key, options: options)
            #expect(fixture.object?.content == bytes)
        }
    }

    @Test(arguments: [
        UploadOptions(concurrency: 0), UploadOptions(multipartThreshold: -1), UploadOptions(checksum: .sha256),
        UploadOptions(multipartThreshold: 0, partLength: 5 * 1024 * 1024 - 1),
        UploadOptions(properties: ObjectProperties(contentType: "video/mp4\r\n")),
    ]) func `invalid options throw before anything is sent`(options: UploadOptions) async throws {
        try await TransferFixture.run { fixture in
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(.bytes(pattern(10)), to: fixture.key, options: options)
            }
            #expect(error.code == .invalidOptions)
            #expect(fixture.bucket.requests.isEmpty)
        }
    }

    @Test func `a missing or irregular file is an error`() async throws {
        try await TransferFixture.run { fixture in
            for path in [fixture.path("missing"), fixture.directory] {
                let error = try await transferError { () async throws(TransferError) in
                    _ = try await fixture.client.upload(.file(path), to: fixture.key)
                }
                #expect(error.code == .sourceFailed)
                let underlying = error.underlyingError as? R2FileError
                #expect(underlying?.path == path)
                #expect(error.errorDescription == "\(error)" && underlying?.errorDescription == underlying?.description)
                let isDirectory = path == fixture.directory
                #expect(underlying?.message == (isDirectory ? "It is a directory." : "No such file or directory."))
            }
            #expect(fixture.bucket.requests.isEmpty)
        }
    }

    @Test(arguments: ["9b2cf535f27731c974343645a3985328-3", "9b2cf535f27731c974343645a3985328-2"])
    func `a completion with an unexpected ETag is an error`(tag: String) async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("CompleteMultipartUpload", .etag(tag))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .bytes(pattern(partLength + 1)), to: fixture.key, options: TransferFixture.parts())
            }
            #expect(error.code == .unexpectedResult)
        }
    }

    @Test(arguments: ["", "opaque"]) func `a completion with an opaque ETag is verified by a HEAD request`(tag: String)
        async throws
    {
        try await TransferFixture.run { fixture in
            fixture.bucket.fail("CompleteMultipartUpload", .etag(tag))
            let upload = fixture.client.makeUpload(
                .bytes(pattern(partLength + 1)), to: fixture.key, options: TransferFixture.parts())
            do throws(TransferError) {
                let result = try await upload.run()
                #expect(tag.isEmpty)
                #expect(result.etag.opaqueValue == fixture.object?.etag)
            } catch {
                #expect(!tag.isEmpty && error.code == .unexpectedResult)
            }
            #expect(fixture.bucket.names.last == "HeadObject")
        }
    }

    @Test func `an upload runs only once`() async throws {
        try await TransferFixture.run { fixture in
            let upload = fixture.client.makeUpload(.bytes(pattern(10)), to: fixture.key)
            _ = try await upload.run()
            let error = try await transferError { () async throws(TransferError) in _ = try await upload.run() }
            #expect(error.code == .alreadyRun)
            #expect(fixture.bucket.names == ["PutObject"])
        }
    }
}
#endif
