import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Responses about objects")
struct ObjectResponseTests {
    private func head(_ more: [(String, String)] = [], status: Int = 200) throws -> ObjectMetadata {
        try HeadObject(Sample.key()).output(from: Sample.response(status, Sample.objectHeaders + more))
    }

    @Test func `all metadata is read`() throws {
        let head = try head([
            ("content-type", "video/mp4"), ("Cache-Control", "no-store"), ("Content-Disposition", "inline"),
            ("Content-Encoding", "gzip"), ("Content-Language", "en"), ("Expires", "never"),
            ("X-Amz-Meta-Video-Id", "42"),
            ("x-amz-meta-empty", ""), ("x-amz-missing-meta", "2"), ("x-amz-storage-class", "STANDARD_IA"),
            ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="), ("x-amz-checksum-type", "FULL_OBJECT"),
            ("x-amz-mp-parts-count", "7"), ("x-amz-expiration", "expiry-date=\"x\""),
        ])
        #expect(head.etag.opaqueValue == Sample.etag)
        #expect(head.contentLength == 1000 && head.totalLength == 1000 && head.contentRange == nil)
        #expect(head.lastModified == Fixture.instant)
        #expect(
            head.contentType == "video/mp4" && head.cacheControl == "no-store" && head.contentDisposition == "inline")
        #expect(head.contentEncoding == "gzip" && head.contentLanguage == "en" && head.expires == "never")
        #expect(head.userMetadata == ["video-id": "42", "empty": ""] && head.missingMetadataCount == 2)
        #expect(head.storageClass == .infrequentAccess && head.partsCount == 7)
        #expect(head.checksums == ["crc64nvme": "AAAAAAAAAAA="])
        #expect(head.expiration == "expiry-date=\"x\"")
    }

    @Test func `optional metadata can be missing`() throws {
        let bare = [("etag", Sample.etag), ("content-length", "0")]
        let head = try HeadObject(Sample.key()).output(from: Sample.response(200, bare))
        #expect(head.contentLength == 0 && head.lastModified == nil && head.storageClass == .standard)
        #expect(head.userMetadata.isEmpty && head.checksums.isEmpty)
    }

    @Test(arguments: ["", "-1", "+1", "1, 1", "99999999999999999999"])
    func `a response without a valid length throws`(_ length: String) throws {
        let response = try Sample.response(200, [("etag", Sample.etag), ("content-length", length)])
        #expect(try r2Error { _ = try HeadObject(Sample.key()).output(from: response) }.code == .invalidResponse)
    }

    @Test(arguments: ["", "W/\"a\"", "\"\"", "*", "W/a", "W/"])
    func `a response without an ETag throws, and so does a write's with a weak one`(_ tag: String) throws {
        let response = try Sample.response(200, [("etag", tag), ("content-length", "1")])
        if tag == "W/\"a\"" {
            let etag = try HeadObject(Sample.key()).output(from: response).etag
            #expect(etag.isWeak && etag.opaqueValue == "a" && etag.headerValue == tag)
            #expect(try etag != ETag("a"))
        } else {
            #expect(try r2Error { _ = try HeadObject(Sample.key()).output(from: response) }.code == .invalidResponse)
        }
        #expect(
            try r2Error { _ = try PutObject(Sample.key(), contentLength: 1).output(from: response) }.code
                == .invalidResponse)
    }

    @Test(arguments: [
        ("bytes=0-99", "bytes 0-99/1000", "100", true), ("bytes=900-2000", "bytes 900-999/1000", "100", true),
        ("bytes=900-", "bytes 900-999/1000", "100", true), ("bytes=-100", "bytes 900-999/1000", "100", true),
        ("bytes=-2000", "bytes 0-999/1000", "1000", true), ("bytes=0-99", "bytes 0-98/1000", "99", false),
        ("bytes=0-99", "bytes 1-100/1000", "100", false), ("bytes=0-99", "bytes 0-99/*", "100", false),
        ("bytes=0-99", "bytes 0-99/1000", "101", false), ("bytes=0-99", "bytes 0-99/50", "100", false),
        ("bytes=900-", "bytes 900-998/1000", "99", false), ("bytes=-100", "bytes 800-899/1000", "100", false),
        ("bytes=0-99", "", "100", false), ("bytes=0-99", "0-99/1000", "100", false),
        ("bytes=0-99", "bytes 00-99/1000", "100", false),
    ])
    func `a response with another range than the requested one throws`(
        _ requested: String, _ received: String, _ length: String, _ isAccepted: Bool
    ) throws {
        let bounds = requested.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        let range: ByteRange =
            switch (bounds[0], bounds[1]) {
            case (let first?, let last?): try .bytes(first, through: last)
            case (let first?, nil): try .from(first)
            case (_, let count): try .last(count ?? 0)
            }
        #expect(range.headerValue == requested)
        let response = try Sample.response(
            206, [("etag", Sample.etag), ("content-length", length), ("content-range", received)])
        let operation = GetObject(try Sample.key(), range: range)
        if isAccepted {
            let head = try operation.output(from: response)
            #expect(head.totalLength == 1000 && head.contentLength == head.contentRange?.length)
        } else {
            #expect(try r2Error { _ = try operation.output(from: response) }.code == .invalidResponse)
        }
    }

    @Test func `the whole object instead of a range throws, and a range instead of the whole object`() throws {
        let whole = try Sample.response(200, Sample.objectHeaders)
        let part = try Sample.response(206, Sample.objectHeaders + [("content-range", "bytes 0-999/2000")])
        let key = try Sample.key()
        #expect(try r2Error { _ = try GetObject(key, range: .from(0)).output(from: whole) }.code == .invalidResponse)
        #expect(try r2Error { _ = try GetObject(key).output(from: part) }.code == .invalidResponse)
        #expect(try r2Error { _ = try HeadObject(key).output(from: part) }.code == .invalidResponse)
        #expect(try GetObject(key, partNumber: 1).output(from: part).totalLength == 2000)
        #expect(try GetObject(key, partNumber: 1).output(from: whole).totalLength == 1000)
        #expect(try HeadObject(key, partNumber: 1).output(from: part).contentLength == 1000)
    }

    @Test func `writes and deletions read status and ETag`() throws {
        let key = try Sample.key()
        let stored = try Sample.response(200, [("ETag", "\"\(Sample.etag)\"")])
        #expect(try PutObject(key, contentLength: 1).output(from: stored).etag.opaqueValue == Sample.etag)
        let part = UploadPart(1, of: try Sample.uploadID(), key: key, contentLength: 1)
        #expect(try part.output(from: stored).etag.opaqueValue == Sample.etag)
        for status in [200, 204] {
            try DeleteObject(key).output(from: Sample.response(status))
            try AbortMultipartUpload(Sample.uploadID(), key: key).output(from: Sample.response(status))
            try DeleteBucketCors().output(from: Sample.response(status))
            try PutBucketCors(.browserUploads(from: ["*"])).output(from: Sample.response(status))
        }
        #expect(try r2Error { try DeleteObject(key).output(from: Sample.response(202)) }.code == .invalidResponse)
        let region = try HeadBucket().output(from: Sample.response(200, [("x-amz-bucket-region", "auto")])).region
        #expect(region == "auto")
    }
}
