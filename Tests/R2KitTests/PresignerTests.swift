import HTTPTypes
import R2Kit
import SigV4
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Presigned URLs")
struct PresignerTests {
    /// Returns the general signer's URL for a request on the fixture's bucket.
    static func general(
        _ method: String, _ key: ObjectKey, query: [SignableRequest.Parameter] = [],
        headers: [SignableRequest.Header] = [], lifetime: Int, token: String? = nil, at instant: Date = Fixture.instant
    ) throws -> String {
        let host = "\(Fixture.account).r2.cloudflarestorage.com"
        let path = "/media/" + PercentEncoding.encodePath(key.rawValue)
        let signer = Signer(
            credentials: SigningCredentials(
                accessKeyID: "AKID", secretAccessKey: Fixture.secret, sessionToken: token),
            region: "auto", service: "s3", rules: .s3)
        let signed = try signer.presign(
            SignableRequest(method: method, path: path, query: query, headers: headers + [.init("host", host)]),
            expiresIn: .seconds(lifetime), at: SigningTime(secondsSinceEpoch: Int64(instant.timeIntervalSince1970)))
        return "https://\(host)\(path)?\(signed.query)"
    }

    @Test func `S3's documented example is exactly the same`() throws {
        let config = try R2Config(
            endpoint: R2Endpoint("https://s3.amazonaws.com"),
            credentials: R2Credentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            bucket: BucketName("examplebucket"), region: "us-east-1", addressingStyle: .virtualHosted)
        let request = try R2Presigner(config).presignPlayback(
            of: ObjectKey("test.txt"), expiresIn: .seconds(86_400),
            at: Date(timeIntervalSince1970: 1_369_353_600))
        #expect(
            request.url == """
                https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
                &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
                &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
                &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404
                """)
    }

    @Test(arguments: ["a.mp4", "videos/lecture 1+2%.mp4", "ключ/🎬é", "!'()*=&?#@:"])
    func `playback, HEAD and DELETE are the same as from the general signer`(name: String) throws {
        let presigner = try Fixture.presigner()
        let key = try ObjectKey(name)
        let playback = try presigner.presignPlayback(of: key, at: Fixture.instant)
        #expect(playback.method == .get)
        #expect(playback.headers.isEmpty)
        #expect(playback.expiresAt == Fixture.instant.addingTimeInterval(3600))
        #expect(try playback.url == Self.general("GET", key, lifetime: 3600))
        #expect(
            try presigner.presignHead(of: key, at: Fixture.instant).url == Self.general("HEAD", key, lifetime: 3600))
        #expect(
            try presigner.presignDelete(of: key, at: Fixture.instant).url == Self.general("DELETE", key, lifetime: 900))
    }

    @Test func `an upload signs all of its constraints, and nothing else`() throws {
        let key = try ObjectKey("a.mp4")
        let presigner = try Fixture.presigner()
        let bare = try presigner.presignUpload(to: key, at: Fixture.instant)
        #expect(bare.headers.isEmpty)
        #expect(bare.parameter("X-Amz-SignedHeaders") == "host")
        #expect(!bare.url.contains("checksum") && !bare.url.contains("x-id"))

        let constraints = UploadConstraints(
            contentType: "video/mp4", contentLength: 52_428_800, precondition: .ifAbsent,
            checksum: try Checksum(.sha256, bytes: [UInt8](repeating: 7, count: 32)),
            cacheControl: "private, max-age=60",
            contentDisposition: try .inline(filename: "Ü.mp4"), userMetadata: ["Course": "7", "a": "b c"],
            storageClass: .infrequentAccess)
        let full = try presigner.presignUpload(
            to: key, constraints: constraints, expiresIn: .seconds(60), at: Fixture.instant)
        let expected: [SignableRequest.Header] = [
            .init("cache-control", "private, max-age=60"),
            .init("content-disposition", "inline; filename=\"_.mp4\"; filename*=UTF-8''%C3%9C.mp4"),
            .init("content-length", "52428800"), .init("content-type", "video/mp4"), .init("if-none-match", "*"),
            .init("x-amz-checksum-sha256", "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="),
            .init("x-amz-meta-a", "b c"), .init("x-amz-meta-course", "7"), .init("x-amz-storage-class", "STANDARD_IA"),
        ]
        #expect(full.headers.map { SignableRequest.Header($0.name.canonicalName, $0.value) } == expected)
        #expect(try full.url == Self.general("PUT", key, headers: expected, lifetime: 60))
        #expect(full.browserHeaders[.contentLength] == nil)
        #expect(full.browserHeaders[.contentType] == "video/mp4")
        #expect(full.browserHeaders.count == expected.count - 1)
    }

    @Test func `an upload can replace one version alone`() throws {
        let key = try ObjectKey("a.mp4")
        let constraints = UploadConstraints(
            precondition: .ifMatch(try ETag("abc")),
            checksum: try Checksum(.md5, bytes: [UInt8](repeating: 0, count: 16)))
        let request = try Fixture.presigner().presignUpload(to: key, constraints: constraints, at: Fixture.instant)
        let expected: [SignableRequest.Header] = [
            .init("content-md5", "AAAAAAAAAAAAAAAAAAAAAA=="), .init("if-match", "\"abc\""),
        ]
        #expect(try request.url == Self.general("PUT", key, headers: expected, lifetime: 900))
    }

    @Test func `a part signs its number, its upload ID, its length and its checksum`() throws {
        let key = try ObjectKey("a.mp4")
        let id = try UploadID("A/b+c==&x")
        let part = try Fixture.presigner().presignPart(
            10_000, of: id, key: key,
            constraints: PartConstraints(
                contentLength: 5_242_880, checksum: try Checksum(.crc32c, bytes: [1, 2, 3, 4])),
            at: Fixture.instant)
        let expected = try Self.general(
            "PUT", key, query: [.init("uploadId", "A/b+c==&x"), .init("partNumber", "10000")],
            headers: [.init("content-length", "5242880"), .init("x-amz-checksum-crc32c", "AQIDBA==")], lifetime: 900)
        #expect(part.url == expected)
        #expect(part.url.contains("&uploadId=A%2Fb%2Bc%3D%3D%26x&"))
    }

    @Test func `the parts of a plan are signed in order, each with its own length`() throws {
        let plan = try PartPlan(totalLength: 20_000_000, partLength: 8_000_000)
        let key = try ObjectKey("a.mp4")
        let id = try UploadID("id")
        let presigner = try Fixture.presigner()
        let requests = try presigner.presignParts(plan.parts, of: id, key: key, at: Fixture.instant)
        #expect(requests.map { $0.headers[.contentLength] } == ["8000000", "8000000", "4000000"])
        for (index, request) in requests.enumerated() {
            let length = plan.parts[plan.parts.index(plan.parts.startIndex, offsetBy: index)].length
            #expect(
                try request
                    == presigner.presignPart(
                        index + 1, of: id, key: key, constraints: PartConstraints(contentLength: length),
                        at: Fixture.instant))
        }
    }

    @Test func `playback can override response headers`() throws {
        let key = try ObjectKey("a.mp4")
        let overrides = ResponseOverrides(
            contentDisposition: try .attachment(filename: "Ü 1.mp4"), contentType: "video/mp4", cacheControl: "no-store"
        )
        let request = try Fixture.presigner().presignPlayback(of: key, overrides: overrides, at: Fixture.instant)
        let expected = try Self.general(
            "GET", key,
            query: [
                .init(
                    "response-content-disposition", "attachment; filename=\"_ 1.mp4\"; filename*=UTF-8''%C3%9C%201.mp4"),
                .init("response-content-type", "video/mp4"), .init("response-cache-control", "no-store"),
            ], lifetime: 3600)
        #expect(request.url == expected)
        let download = try Fixture.presigner().presignPlayback(
            of: key, downloadFilename: "Lecture 1.mp4", at: Fixture.instant)
        #expect(
            download.parameter("response-content-disposition")
                == "attachment%3B%20filename%3D%22Lecture%201.mp4%22")
        let plain = try Fixture.presigner().presignPlayback(of: key, downloadFilename: nil, at: Fixture.instant)
        #expect(try plain == Fixture.presigner().presignPlayback(of: key, at: Fixture.instant))
    }

    @Test func `a batch is signed with one date, in the order of its keys`() throws {
        let presigner = try Fixture.presigner()
        let keys = try (0..<500).map { try ObjectKey("videos/42/segment-\($0).ts") }
        let batch = try presigner.presignPlayback(of: keys)
        #expect(batch.count == 500)
        #expect(Set(batch.map { $0.parameter("X-Amz-Date") }).count == 1)
        let instant = try #require(batch.first).expiresAt.addingTimeInterval(-3600)
        for (key, request) in zip(keys, batch) {
            #expect(try request == presigner.presignPlayback(of: key, at: instant))
        }
        #expect(try presigner.presignPlayback(of: [ObjectKey]()).isEmpty)
    }

    @Test func `a lazy batch is the same as the batch, whenever it's iterated`() throws {
        let presigner = try Fixture.presigner()
        let keys = try (0..<50).map { try ObjectKey("videos/42/segment \($0).ts") }
        let overrides = ResponseOverrides(contentType: "video/mp2t")
        let batch = try presigner.presignPlayback(of: keys, overrides: overrides, at: Fixture.instant)
        var signed = 0
        let lazy = try presigner.presignPlayback(
            of: keys.lazy.map { key in
                signed += 1
                return key
            }, overrides: overrides, at: Fixture.instant)
        #expect(signed == 0)
        #expect(lazy.first { _ in true } == batch[0])
        #expect(signed == 1)
        #expect(lazy.elementsEqual(batch))
        #expect(lazy.elementsEqual(batch))
        #expect(throws: R2ValidationError.self) { try presigner.presignPlayback(of: keys.lazy, expiresIn: .zero) }
    }

    @Test func `URLs are appended to bytes as they are returned`() throws {
        let presigner = try Fixture.presigner()
        var bytes = Array("{".utf8)
        var expected = "{"
        for name in ["a.mp4", "a b.mp4", "Straße/\"1\".mp4", String(repeating: "é", count: 500)] {
            let key = try ObjectKey(name)
            let overrides = ResponseOverrides(cacheControl: "private, max-age=300")
            let single = try presigner.presignPlayback(
                of: key, overrides: overrides, expiresIn: .seconds(60), stableWithin: .hour, at: Fixture.instant)
            let expiry = try presigner.presignPlayback(
                of: key, appendingTo: &bytes, overrides: overrides, expiresIn: .seconds(60), stableWithin: .hour,
                at: Fixture.instant)
            #expect(expiry == single.expiresAt)
            expected += single.url
        }
        #expect(bytes == Array(expected.utf8))
        #expect(throws: R2ValidationError.self) {
            try presigner.presignPlayback(of: ObjectKey("a"), appendingTo: &bytes, expiresIn: .zero)
        }
        #expect(bytes == Array(expected.utf8))
    }

    @Test func `virtual-hosted style puts the bucket into the host`() throws {
        let presigner = R2Presigner(try Fixture.config(style: .virtualHosted, jurisdiction: .eu))
        let url = try presigner.presignPlayback(of: ObjectKey("a/b.mp4"), at: Fixture.instant).url
        #expect(url.hasPrefix("https://media.\(Fixture.account).eu.r2.cloudflarestorage.com/a/b.mp4?"))
    }

    @Test func `a port other than the scheme's own is part of the signed host`() throws {
        var signatures: Set<String> = []
        for endpoint in ["http://localhost", "http://localhost:80", "http://localhost:9000", "http://localhost:9001"] {
            let config = try R2Config(
                endpoint: R2Endpoint(endpoint), credentials: R2Credentials(accessKeyID: "a", secretAccessKey: "b"),
                bucket: BucketName("media"))
            signatures.insert(
                try R2Presigner(config).presignPlayback(of: ObjectKey("k"), at: Fixture.instant).signature)
        }
        #expect(signatures.count == 3)
    }

    @Test func `any request can be presigned, with its own parameters and headers`() throws {
        let key = try ObjectKey("a b.mp4")
        var headers = HTTPFields()
        headers[.range] = "bytes=0-9"
        let request = try Fixture.presigner().presign(
            .get, key: key,
            parameters: [QueryParameter(name: "Zebra", value: "1"), QueryParameter(name: "partNumber", value: "2")],
            headers: headers, at: Fixture.instant)
        let expected = try Self.general(
            "GET", key, query: [.init("Zebra", "1"), .init("partNumber", "2")],
            headers: [.init("range", "bytes=0-9")], lifetime: 3600)
        #expect(request.url == expected)
        #expect(request.headers == headers)
    }

    @Test func `a session token is part of every URL`() throws {
        let presigner = R2Presigner(try Fixture.config(sessionToken: "a/b+c="))
        let key = try ObjectKey("k")
        let url = try presigner.presignPlayback(of: key, at: Fixture.instant).url
        #expect(url.contains("&X-Amz-Security-Token=a%2Fb%2Bc%3D&"))
        #expect(try url == Self.general("GET", key, lifetime: 3600, token: "a/b+c="))
        #expect(
            try presigner.presign(.get, key: key, at: Fixture.instant)
                == presigner.presignPlayback(of: key, at: Fixture.instant))
    }

    @Test func `the date counts to the second, from 1970 to 9999`() throws {
        let presigner = try Fixture.presigner()
        let key = try ObjectKey("k")
        let within = try presigner.presignPlayback(of: key, at: Fixture.instant.addingTimeInterval(0.999))
        #expect(try within == presigner.presignPlayback(of: key, at: Fixture.instant))
        for seconds in [0, 86_399, 86_400, 253_402_300_799] {
            let instant = Date(timeIntervalSince1970: Double(seconds))
            #expect(
                try presigner.presignPlayback(of: key, at: instant).url
                    == Self.general("GET", key, lifetime: 3600, at: instant))
        }
    }
}
