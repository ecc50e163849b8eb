import HTTPTypes
import R2Kit
import SigV4
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Compares every operation's request header by header.
@Suite("Header audit")
struct HeaderAuditTests {
    private let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    /// Signs a request, and compares its headers with `expected` and its signature with one computed from `expected`.
    private func audit(
        _ operation: some R2Operation, _ method: String, _ target: String, _ expected: [String], hash: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let signed = try Sample.signer().sign(operation.request(), at: Fixture.instant)
        let hash = hash ?? emptyHash
        #expect(signed.request.method.rawValue == method, sourceLocation: sourceLocation)
        #expect(signed.request.path == target, sourceLocation: sourceLocation)
        #expect(signed.request.authority == "\(Fixture.account).r2.cloudflarestorage.com")
        #expect(signed.url == "https://\(Fixture.account).r2.cloudflarestorage.com\(target)")

        var lines = signed.request.headerFields.map { "\($0.name.canonicalName): \($0.value)" }
        let authorization = try #require(lines.firstIndex { $0.hasPrefix("authorization: ") })
        let credentials = lines.remove(at: authorization)
        let added = ["accept-encoding: identity", "x-amz-content-sha256: \(hash)", "x-amz-date: 20260102T030405Z"]
        #expect(lines.sorted() == (expected + added).sorted(), sourceLocation: sourceLocation)

        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return SignableRequest.Parameter(
                PercentEncoding.decode(halves[0]) ?? "", PercentEncoding.decode(halves[1]) ?? "")
        }
        let headers = expected.compactMap { line -> SignableRequest.Header? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return SignableRequest.Header(String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        let reference = Signer(
            credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: Fixture.secret), region: "auto",
            service: "s3", rules: .s3)
        let request = SignableRequest(
            method: method, path: parts[0], query: query,
            headers: headers + [SignableRequest.Header("host", "\(Fixture.account).r2.cloudflarestorage.com")])
        let payload = hash == "UNSIGNED-PAYLOAD" ? Payload.unsigned : try Payload.sha256(hex: hash)
        let signature = try reference.sign(
            request, payload: payload, at: SigningTime(secondsSinceEpoch: 1_767_323_045))
        let wanted = try #require(signature.headers.first { $0.name == "authorization" }?.value)
        #expect(credentials == "authorization: \(wanted)", sourceLocation: sourceLocation)
    }

    private let conditions = ObjectConditions(precondition: .ifPresent, ifUnmodifiedSince: Fixture.instant)
    private let conditionLines = ["if-match: *", "if-unmodified-since: Fri, 02 Jan 2026 03:04:05 GMT"]

    private func properties() throws -> ObjectProperties {
        ObjectProperties(
            contentType: "video/mp4", cacheControl: "max-age=60",
            contentDisposition: try .attachment(filename: "a.mp4"), contentEncoding: "gzip", contentLanguage: "en",
            expires: Fixture.instant, userMetadata: ["Video-ID": "42"])
    }
    private let propertyLines = [
        "cache-control: max-age=60", "content-disposition: attachment; filename=\"a.mp4\"", "content-encoding: gzip",
        "content-language: en", "content-type: video/mp4", "expires: Fri, 02 Jan 2026 03:04:05 GMT",
        "x-amz-meta-video-id: 42",
    ]
    private func encryption(_ prefix: String = "x-amz-") -> [String] {
        let name = "\(prefix)server-side-encryption-customer"
        return [
            "\(name)-algorithm: AES256", "\(name)-key: AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
            "\(name)-key-md5: 4Funlf7OsLF0HL+vKU+fkg==",
        ]
    }
    private func customerKey() throws -> SSECustomerKey { try SSECustomerKey(Array(repeating: 1, count: 32)) }

    // MARK: Objects

    @Test func `HeadObject sends only the headers it needs`() throws {
        try audit(HeadObject(Sample.key()), "HEAD", "/media/videos/lecture%201.mp4", [])
        try audit(
            HeadObject(Sample.key(), conditions: conditions, partNumber: 3, customerKey: customerKey()), "HEAD",
            "/media/videos/lecture%201.mp4?partNumber=3", conditionLines + encryption())
    }

    @Test func `GetObject sends a range, a part, and conditions`() throws {
        try audit(GetObject(Sample.key("a+b")), "GET", "/media/a%2Bb", [])
        try audit(
            GetObject(Sample.key("a"), range: .bytes(0, through: 99), conditions: conditions), "GET", "/media/a",
            ["range: bytes=0-99"] + conditionLines)
        try audit(GetObject(Sample.key("a"), range: .from(5)), "GET", "/media/a", ["range: bytes=5-"])
        try audit(GetObject(Sample.key("a"), range: .last(5)), "GET", "/media/a", ["range: bytes=-5"])
        try audit(GetObject(Sample.key("a"), partNumber: 10_000), "GET", "/media/a?partNumber=10000", [])
        try audit(GetObject(Sample.key("a"), customerKey: customerKey()), "GET", "/media/a", encryption())
    }

    @Test func `PutObject sends its length and signs a digest if it has one`() throws {
        try audit(
            PutObject(Sample.key("a"), contentLength: 0), "PUT", "/media/a", ["content-length: 0"],
            hash: "UNSIGNED-PAYLOAD")
        let checksum = try Checksum(.crc32, bytes: [1, 2, 3, 4])
        try audit(
            PutObject(
                Sample.key("a"), contentLength: 5, contentSHA256: emptyHash, properties: properties(),
                checksum: checksum, conditions: ObjectConditions(precondition: .ifAbsent),
                storageClass: .infrequentAccess,
                customerKey: customerKey()), "PUT", "/media/a",
            propertyLines + encryption() + [
                "content-length: 5", "if-none-match: *", "x-amz-checksum-crc32: AQIDBA==",
                "x-amz-storage-class: STANDARD_IA",
            ])
    }

    @Test func `CopyObject sends its source percent-encoded with a leading slash`() throws {
        try audit(
            CopyObject(CopySource(Sample.key()), to: Sample.key("b")), "PUT", "/media/b",
            [
                "content-length: 0", "x-amz-copy-source: /media/videos/lecture%201.mp4",
                "x-amz-metadata-directive: COPY",
            ])
        try audit(
            CopyObject(
                CopySource(Sample.key("a"), in: BucketName("other"), customerKey: customerKey()), to: Sample.key("b"),
                metadata: .replace(properties()),
                sourceConditions: ObjectConditions(
                    precondition: .ifMatch(Sample.tag()), ifUnmodifiedSince: Fixture.instant),
                destinationConditions: ObjectConditions(precondition: .ifAbsent, ifModifiedSince: Fixture.instant),
                storageClass: .standard, customerKey: customerKey()), "PUT", "/media/b",
            propertyLines + encryption() + encryption("x-amz-copy-source-") + [
                "content-length: 0", "x-amz-copy-source: /other/a", "x-amz-metadata-directive: REPLACE",
                "x-amz-copy-source-if-match: \"\(Sample.etag)\"",
                "x-amz-copy-source-if-unmodified-since: Fri, 02 Jan 2026 03:04:05 GMT",
                "cf-copy-destination-if-none-match: *",
                "cf-copy-destination-if-modified-since: Fri, 02 Jan 2026 03:04:05 GMT", "x-amz-storage-class: STANDARD",
            ])
        try audit(
            CopyObject(
                CopySource(Sample.key("a")), to: Sample.key("b"),
                metadata: .merge(ObjectProperties(userMetadata: ["n": "v"])),
                sourceConditions: ObjectConditions(precondition: .ifAbsent, ifModifiedSince: Fixture.instant),
                destinationConditions: ObjectConditions(precondition: .ifPresent, ifUnmodifiedSince: Fixture.instant)),
            "PUT", "/media/b",
            [
                "content-length: 0", "x-amz-copy-source: /media/a", "x-amz-metadata-directive: MERGE",
                "x-amz-meta-n: v", "x-amz-copy-source-if-none-match: *",
                "x-amz-copy-source-if-modified-since: Fri, 02 Jan 2026 03:04:05 GMT", "cf-copy-destination-if-match: *",
                "cf-copy-destination-if-unmodified-since: Fri, 02 Jan 2026 03:04:05 GMT",
            ])
    }

    @Test func `DeleteObject and DeleteObjects send what R2 expects`() throws {
        try audit(DeleteObject(Sample.key("a")), "DELETE", "/media/a", [])
        let operation = DeleteObjects([try Sample.key("a&<b>\"'"), try ObjectKey(unchecked: "c\td")])
        let body = try operation.request().text
        #expect(
            body == #"<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
                + #"<Object><Key>a&amp;&lt;b&gt;"'</Key></Object><Object><Key>c&#9;d</Key></Object></Delete>"#)
        try audit(
            operation, "POST", "/media?delete=",
            [
                "content-length: \(body.utf8.count)", "content-md5: JDInvmOQSHg8myDK9pBvvw==",
                "content-type: application/xml",
            ], hash: "4abbd9bbfe51f373345112aa7db15c8b2ae638805b3764ec257cc0e448af2699")
    }

    // MARK: Lists

    @Test func `listings request encoded keys and nothing else by default`() throws {
        try audit(ListObjectsV2(), "GET", "/media?encoding-type=url&list-type=2", [])
        try audit(
            ListObjectsV2(
                prefix: "a b/", delimiter: "/", maxKeys: 1000, startAfter: "a+", continuationToken: "t=/",
                fetchOwner: true),
            "GET",
            "/media?continuation-token=t%3D%2F&delimiter=%2F&encoding-type=url&fetch-owner=true&list-type=2"
                + "&max-keys=1000&prefix=a%20b%2F&start-after=a%2B", [])
        try audit(ListMultipartUploads(), "GET", "/media?encoding-type=url&uploads=", [])
        try audit(
            ListMultipartUploads(
                prefix: "p", delimiter: "/", maxUploads: 1,
                marker: ListMultipartUploads.Marker(key: "k", uploadID: "a+b")), "GET",
            "/media?delimiter=%2F&encoding-type=url&key-marker=k&max-uploads=1&prefix=p&upload-id-marker=a%2Bb&uploads=",
            [])
    }

    // MARK: Multipart uploads

    @Test func `the multipart operations send what R2 expects`() throws {
        let (id, key) = (try Sample.uploadID(), try Sample.key("a"))
        try audit(CreateMultipartUpload(key), "POST", "/media/a?uploads=", ["content-length: 0"])
        try audit(
            CreateMultipartUpload(
                key, properties: properties(), storageClass: .infrequentAccess, customerKey: customerKey()), "POST",
            "/media/a?uploads=",
            propertyLines + encryption() + ["content-length: 0", "x-amz-storage-class: STANDARD_IA"])
        try audit(
            UploadPart(1, of: id, key: key, contentLength: 7), "PUT", "/media/a?partNumber=1&uploadId=ab%2Fc%2Bd%3D",
            ["content-length: 7"], hash: "UNSIGNED-PAYLOAD")
        try audit(
            UploadPart(
                2, of: id, key: key, contentLength: 7, contentSHA256: emptyHash,
                checksum: Checksum(.md5, bytes: Array(repeating: 0, count: 16)), customerKey: customerKey()), "PUT",
            "/media/a?partNumber=2&uploadId=ab%2Fc%2Bd%3D",
            encryption() + ["content-length: 7", "content-md5: AAAAAAAAAAAAAAAAAAAAAA=="])
        try audit(
            UploadPartCopy(3, of: id, key: key, from: CopySource(Sample.key("b")), range: 0...9), "PUT",
            "/media/a?partNumber=3&uploadId=ab%2Fc%2Bd%3D",
            ["content-length: 0", "x-amz-copy-source: /media/b", "x-amz-copy-source-range: bytes=0-9"])
        try audit(AbortMultipartUpload(id, key: key), "DELETE", "/media/a?uploadId=ab%2Fc%2Bd%3D", [])
        try audit(ListParts(id, key: key), "GET", "/media/a?uploadId=ab%2Fc%2Bd%3D", [])
        try audit(
            ListParts(id, key: key, maxParts: 5, partNumberMarker: 0), "GET",
            "/media/a?max-parts=5&part-number-marker=0&uploadId=ab%2Fc%2Bd%3D", [])
    }

    @Test func `CompleteMultipartUpload lists the parts in ascending order`() throws {
        let tag = try Sample.tag()
        let operation = CompleteMultipartUpload(
            try Sample.uploadID(), key: try Sample.key("a"),
            parts: [CompletedPart(2, etag: tag), CompletedPart(1, etag: tag)],
            precondition: .ifAbsent)
        let body = try operation.request().text
        let start =
            #"<?xml version="1.0" encoding="UTF-8"?>"#
            + #"<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
        let parts = [1, 2].map { "<Part><PartNumber>\($0)</PartNumber><ETag>\(tag)</ETag></Part>" }.joined()
        #expect(body == "\(start)\(parts)</CompleteMultipartUpload>")
        try audit(
            operation, "POST", "/media/a?uploadId=ab%2Fc%2Bd%3D",
            ["content-length: \(body.utf8.count)", "content-type: application/xml", "if-none-match: *"],
            hash: Payload.bytes(Array(body.utf8)).headerValue)
    }

    // MARK: Buckets

    @Test func `bucket operations send what R2 expects`() throws {
        try audit(HeadBucket(), "HEAD", "/media", [])
        try audit(GetBucketCors(), "GET", "/media?cors=", [])
        try audit(DeleteBucketCors(), "DELETE", "/media?cors=", [])
        try audit(GetBucketLifecycleConfiguration(), "GET", "/media?lifecycle=", [])
        try audit(DeleteBucketLifecycle(), "DELETE", "/media?lifecycle=", [])
        let cors = try CORSConfiguration.browserUploads(from: ["https://app.example.com"])
        try audit(
            PutBucketCors(cors), "PUT", "/media?cors=",
            ["content-length: \(cors.xml.utf8.count)", "content-type: application/xml"],
            hash: Payload.bytes(Array(cors.xml.utf8)).headerValue)
        let rule = try LifecycleConfiguration.Rule(
            id: "tidy", prefix: "tmp/&", expiration: .date(Date(timeIntervalSince1970: 1_767_312_000)),
            transition: .days(30), abortUploadsAfterDays: 1)
        let lifecycle = try LifecycleConfiguration(rules: [rule])
        #expect(
            lifecycle.xml == #"<?xml version="1.0" encoding="UTF-8"?>"#
                + #"<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>tidy</ID>"#
                + "<Filter><Prefix>tmp/&amp;</Prefix></Filter><Status>Enabled</Status>"
                + "<Expiration><Date>2026-01-02T00:00:00.000Z</Date></Expiration>"
                + "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
                + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
                + "</AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>")
        try audit(
            PutBucketLifecycleConfiguration(lifecycle), "PUT", "/media?lifecycle=",
            ["content-length: \(lifecycle.xml.utf8.count)", "content-type: application/xml"],
            hash: Payload.bytes(Array(lifecycle.xml.utf8)).headerValue)
    }
}
