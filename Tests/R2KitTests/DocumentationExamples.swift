import HTTPTypes
import R2Kit
import SigV4
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The Swift code of the README, the guides, the articles and the documentation comments, with the same lines.
///
/// `every example of the documentation is compiled here` finds those that are missing or have changed.
@Suite("The examples of the documentation")
struct DocumentationExamples {
    private let config: R2Config
    private let presigner: R2Presigner
    private let key: ObjectKey
    private let id = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"
    private let secret = "sample-secret"

    init() throws {
        config = try R2Config(
            accountID: try AccountID("0123456789abcdef0123456789abcdef"),
            credentials: try R2Credentials(accessKeyID: id, secretAccessKey: secret), bucket: try BucketName("media"))
        presigner = R2Presigner(config)
        key = try ObjectKey("videos/42/lecture.mp4")
    }

    // MARK: README and landing page

    #if os(macOS) || os(Linux)
    @Test func `the README presigns an upload and a playback from the environment`() async {
        await #expect(processExitsWith: .success) {
            useSampleEnvironment(["CLOUDFLARE_ACCOUNT_ID": "0123456789abcdef0123456789abcdef"])

            let presigner = R2Presigner(try R2Config())  // account, bucket and access key from the environment
            let key = try ObjectKey("videos/42/lecture.mp4")

            // An upload URL for exactly 50 MiB of MP4, if the key is free. Valid for 15 minutes.
            let upload = try presigner.presignUpload(
                to: key,
                constraints: UploadConstraints(
                    contentType: "video/mp4", contentLength: 52_428_800, precondition: .ifAbsent))
            let json = try JSONEncoder().encode(upload)  // method, url, headers and expiresAt, for the client

            // A playback URL with seeking, valid for one hour.
            let playback = try presigner.presignPlayback(of: key)

            try #require(upload.method == .put)
            try #require(upload.headers[.contentLength] == "52428800")
            try #require(upload.headers[.ifNoneMatch] == "*")
            try #require(String(decoding: json, as: UTF8.self).contains("\"expiresAt\""))
            try #require(playback.url.contains("/media/videos/42/lecture.mp4?"))
            try #require(playback.url.contains("X-Amz-Expires=3600&X-Amz-SignedHeaders=host"))
        }
    }

    @Test func `a configuration comes from the process environment`() async {
        await #expect(processExitsWith: .success) {
            useSampleEnvironment(["R2_ENDPOINT": "http://localhost:9000"])

            let config = try R2Config()  // from the process environment

            try #require(config.endpoint.authority == "localhost:9000")
        }
    }

    @Test func `a presigner is created and used`() async {
        await #expect(processExitsWith: .success) {
            useSampleEnvironment(["R2_ENDPOINT": "http://localhost:9000"])

            let presigner = R2Presigner(try R2Config())
            let key = try ObjectKey("videos/lecture-1.mp4")
            let constraints = UploadConstraints(contentType: "video/mp4", contentLength: 52_428_800)
            let upload = try presigner.presignUpload(to: key, constraints: constraints)
            let playback = try presigner.presignPlayback(of: key, downloadFilename: "Lecture 1.mp4")

            try #require(upload.url.hasPrefix("http://localhost:9000/media/videos/lecture-1.mp4?"))
            try #require(playback.url.contains("response-content-disposition="))
        }
    }
    #endif

    // MARK: Uploads

    @Test func `an upload is limited to a type, a size and a free key`() throws {
        let upload = try presigner.presignUpload(
            to: key,
            constraints: UploadConstraints(
                contentType: "video/mp4",
                contentLength: 52_428_800,  // exactly
                precondition: .ifAbsent))  // only if no object has the key

        #expect(upload.headers[.contentType] == "video/mp4")
        #expect(upload.url.contains("X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost%3Bif-none-match"))
    }

    @Test func `an upload replaces one version only`() throws {
        let currentETag = "\"9b2cf535f27731c974343645a3985328\""

        let replacement = try presigner.presignUpload(
            to: key, constraints: UploadConstraints(precondition: .ifMatch(ETag(currentETag))))

        #expect(replacement.headers[.ifMatch] == currentETag)
    }

    @Test func `an upload has the client's checksum`() throws {
        let size: Int64 = 5
        let clientChecksum = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="

        let checksum = try Checksum(.sha256, base64: clientChecksum)
        let upload = try presigner.presignUpload(
            to: key, constraints: UploadConstraints(contentLength: size, checksum: checksum))

        let name = try #require(HTTPField.Name("x-amz-checksum-sha256"))
        #expect(upload.headers[name] == clientChecksum)
    }

    @Test func `a request is encoded for a client and decoded`() throws {
        let upload = try presigner.presignUpload(to: key, constraints: UploadConstraints(contentLength: 52_428_800))
        let body = try JSONEncoder().encode(upload)

        let request = try JSONDecoder().decode(PresignedRequest.self, from: body)

        #expect(request.url == upload.url && request.headers == upload.headers && request.method == .put)
        #expect(request.expiresAt == upload.expiresAt)
        #expect(request.browserHeaders.isEmpty)
        #expect(URL(string: request.url)?.absoluteString == request.url)
    }

    @Test func `the JSON of the guide is a request's`() throws {
        let blocks = try Documentation.blocks(of: "json", in: "Docs/presigning.md")
        let json = try #require(blocks.first)
        let shown = try JSONDecoder().decode(PresignedRequest.self, from: Data(json.utf8))
        let upload = try presigner.presignUpload(
            to: key,
            constraints: UploadConstraints(
                contentType: "video/mp4", contentLength: 52_428_800, precondition: .ifAbsent),
            at: Date(timeIntervalSince1970: 1_767_322_145))
        #expect(shown.method == upload.method && shown.headers == upload.headers)
        #expect(shown.expiresAt == upload.expiresAt)
        #expect(Array(shown.browserHeaders.map(\.name.canonicalName)) == ["content-type", "if-none-match"])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(shown), as: UTF8.self) + "\n" == json)
    }

    @Test func `a request becomes a command`() throws {
        let upload = try presigner.presignUpload(to: key, constraints: UploadConstraints(contentLength: 52_428_800))

        let command = upload.curlCommand(file: "lecture.mp4")

        #expect(command.hasPrefix("curl --fail-with-body --globoff --upload-file lecture.mp4"))
    }

    // MARK: Parts

    @Test func `an object is uploaded in parts`() throws {
        let document =
            "<InitiateMultipartUploadResult><UploadId>ABPnzm6/6TXMJ+6pQ==</UploadId></InitiateMultipartUploadResult>"
        let (status, headerFields, body) = (200, HTTPFields(), Array(document.utf8))

        let create = CreateMultipartUpload(key, properties: ObjectProperties(contentType: "video/mp4"))
        let signed = try R2RequestSigner(config).sign(create.request())
        let uploadID = try create.output(from: R2Response(status: status, headerFields: headerFields, body: body))

        let plan = try PartPlan(totalLength: 2_000_000_000)  // 239 parts, of 8 MiB all but the last
        let first = try presigner.presignParts(plan.parts.prefix(20), of: uploadID, key: key)
        let next = try presigner.presignParts(plan.parts.dropFirst(20).prefix(20), of: uploadID, key: key)

        #expect(signed.url.hasSuffix("/lecture.mp4?uploads="))
        #expect(plan.count == 239)
        #expect(first.count == 20 && next.count == 20)
        #expect(first[19].url.contains("partNumber=20&uploadId=ABPnzm6%2F6TXMJ%2B6pQ%3D%3D"))
        #expect(next[0].url.contains("partNumber=21&"))
        #expect(next[0].headers[.contentLength] == "8388608")
    }

    @Test func `one part is signed with its checksum`() throws {
        let plan = try PartPlan(totalLength: 2_000_000_000)
        let uploadID = try UploadID("upload-id")
        let checksum = try Checksum(.crc32c, base64: "yZRlqg==")

        let part = try plan.part(239)
        let last = try presigner.presignPart(
            part.number, of: uploadID, key: key,
            constraints: PartConstraints(contentLength: part.length, checksum: checksum))

        #expect(last.headers[.contentLength] == "3511296")
    }

    @Test func `a plan states its part size`() throws {
        let plan = try PartPlan(totalLength: 2_000_000_000)
        _ = plan.partLength  // 8388608
        _ = plan.count  // 239

        #expect(plan.partLength == 8_388_608 && plan.count == 239)
    }

    // MARK: Playback

    @Test func `a playback outlives a long video`() throws {
        let duration = 5_400

        let lifetime = Duration.seconds(2 * duration + 3_600)  // the duration in seconds, and pauses
        let playback = try presigner.presignPlayback(of: key, expiresIn: lifetime)

        #expect(playback.url.contains("X-Amz-Expires=14400&"))
    }

    @Test func `a playback is the same within a window`() throws {
        let stable = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes)

        let instant = Date(timeIntervalSince1970: 1_767_322_200)
        let first = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant)
        let second = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant + 299)
        let third = try presigner.presignPlayback(of: key, stableWithin: .fiveMinutes, at: instant + 300)
        #expect(stable.url.contains("X-Amz-Expires=3900&"))
        #expect(first == second && first != third)
        #expect(first.expiresAt == instant + 3_900)
    }

    @Test func `segments are signed in one call`() throws {
        let keys = try (0..<600).map { number in try ObjectKey("videos/42/segment\(number).ts") }
        let segments = try presigner.presignPlayback(of: keys, expiresIn: .seconds(21_600))

        #expect(segments.count == 600)
        #expect(Set(segments.map(\.expiresAt)).count == 1)
        #expect(segments[599].url.contains("/segment599.ts?"))
    }

    @Test func `segments are signed one after the other`() throws {
        let keys = try (0..<600).map { number in try ObjectKey("videos/42/segment\(number).ts") }
        var lines: [String] = []
        for segment in try presigner.presignPlayback(of: keys.lazy, expiresIn: .seconds(21_600)) {
            lines.append("#EXTINF:6,\n\(segment.url)\n")
        }

        #expect(lines.count == 600)
        #expect(lines[599].contains("/segment599.ts?"))
    }

    @Test func `segments are written into a playlist`() throws {
        let keys = try (0..<600).map { number in try ObjectKey("videos/42/segment\(number).ts") }
        let date = Date()
        var playlist = Array("#EXTM3U\n#EXT-X-TARGETDURATION:6\n".utf8)
        for key in keys {
            playlist += "#EXTINF:6,\n".utf8
            try presigner.presignPlayback(of: key, appendingTo: &playlist, expiresIn: .seconds(21_600), at: date)
            playlist.append(UInt8(ascii: "\n"))
        }

        let last = try presigner.presignPlayback(of: keys[599], expiresIn: .seconds(21_600), at: date).url
        #expect(String(decoding: playlist, as: UTF8.self).hasSuffix("#EXTINF:6,\n\(last)\n"))
        #expect(playlist.split(separator: UInt8(ascii: "\n")).count == 1202)
    }

    @Test func `a download has a name`() throws {
        let download = try presigner.presignPlayback(of: key, downloadFilename: "Vorlesung 1 – Einführung.mp4")

        #expect(download.url.contains("&response-content-disposition=attachment%3B%20filename%3D%22Vorlesung%201"))
        #expect(download.url.contains("filename%2A%3DUTF-8%27%27Vorlesung%25201%2520%25E2%2580%2593%2520"))
    }

    @Test func `a name is kept with the object`() throws {
        let disposition = try ContentDisposition.attachment(filename: "Vorlesung 1 – Einführung.mp4")
        let upload = try presigner.presignUpload(
            to: key, constraints: UploadConstraints(contentLength: 52_428_800, contentDisposition: disposition))

        let header = try #require(upload.headers[.contentDisposition])
        #expect(header.hasPrefix("attachment; filename=\"Vorlesung 1 _ Einf_hrung.mp4\"; filename*=UTF-8''"))
    }

    @Test func `response headers are overridden`() throws {
        let playback = try presigner.presignPlayback(
            of: key, overrides: ResponseOverrides(contentType: "video/mp4", cacheControl: "private, max-age=300"))

        #expect(playback.url.contains("&response-cache-control=private%2C%20max-age%3D300&"))
        #expect(playback.url.contains("&response-content-type=video%2Fmp4&"))
    }

    // MARK: Other requests, times and errors

    @Test func `other methods are signed`() throws {
        let head = try presigner.presignHead(of: key)
        let delete = try presigner.presignDelete(of: key, expiresIn: .seconds(60))
        let beginning = try presigner.presign(.get, key: key, headers: [.range: "bytes=0-1048575"])

        #expect(head.method == .head && delete.method == .delete)
        #expect(delete.url.contains("X-Amz-Expires=60&"))
        #expect(beginning.url.contains("X-Amz-SignedHeaders=host%3Brange&"))
        #expect(beginning.headers[.range] == "bytes=0-1048575")
    }

    @Test func `temporary credentials state their end`() throws {
        let token = "session-token"
        let end = Date(timeIntervalSince1970: 1_767_325_745)

        let credentials = try R2Credentials(
            accessKeyID: id, secretAccessKey: secret, sessionToken: token, expiresAt: end)

        let presigner = R2Presigner(
            try R2Config(accountID: try AccountID(id), credentials: credentials, bucket: try BucketName("media")))
        #expect(try presigner.presignPlayback(of: key, at: end - 3_600).expiresAt == end)
        #expect { try presigner.presignPlayback(of: key, at: end - 3_599) } throws: { error in
            (error as? R2ValidationError)?.code == .outlivesCredentials
        }
    }

    @Test(arguments: [("videos//42.mp4", 1, 400), ("videos/42.mp4", -1, 400), ("videos/42.mp4", 1, 200)])
    func `an error's code separates the client's errors from the server's`(name: String, size: Int64, expected: Int) {
        var status = 200

        do {
            let upload = try presigner.presignUpload(
                to: ObjectKey(name), constraints: UploadConstraints(contentLength: size))
            try? send(upload)
        } catch {
            switch error.code {
            case .invalidObjectKey, .invalidContentLength: status = 400  // the client's request
            default: status = 500  // ours; error.message says what to do
            }
        }

        #expect(status == expected)
    }

    private func send(_ request: PresignedRequest) throws { try #require(request.url.hasPrefix("https://")) }

    @Test func `a date can be stated`() throws {
        let date = Date(timeIntervalSince1970: 1_767_322_145)
        let playback = try presigner.presignPlayback(of: key, at: date)

        #expect(playback.url.contains("X-Amz-Date=20260102T024905Z&"))
    }

    // MARK: Temporary credentials

    @Test func `a browser gets credentials for one video's parts`() throws {
        let scope = TemporaryCredentials.Scope(
            actions: [.createMultipartUpload, .uploadPart, .listParts, .completeMultipartUpload],
            prefixes: ["uploads/42/"])
        let temporary = try TemporaryCredentials(for: config, scope: scope, lifetime: .seconds(3600))
        let json = try JSONEncoder().encode(temporary.exposed)

        let text = String(decoding: json, as: UTF8.self)
        for name in ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"] {
            #expect(text.contains("\"\(name)\":"))
        }
        #expect(temporary.credentials.isTemporary)
    }

    @Test func `temporary credentials presign`() throws {
        let scope = TemporaryCredentials.Scope(permission: .objectReadOnly, prefixes: ["videos/42/"])
        let temporary = try TemporaryCredentials(for: config, scope: scope, lifetime: .seconds(3600))
        let presigner = R2Presigner(temporary.config)
        let playback = try presigner.presignPlayback(of: key, expiresIn: .seconds(900))

        #expect(playback.url.contains("&X-Amz-Security-Token="))
        #expect(playback.expiresAt < temporary.expiresAt)
        #expect(throws: R2ValidationError.self) { try presigner.presignPlayback(of: key, expiresIn: .seconds(3_602)) }
    }

    @Test func `temporary credentials are limited to a prefix`() throws {
        let scope = TemporaryCredentials.Scope(permission: .objectReadWrite, prefixes: ["uploads/42/"])
        let temporary = try TemporaryCredentials(for: config, scope: scope, lifetime: .seconds(3600))
        let presigner = R2Presigner(temporary.config)

        #expect(presigner.config.credentials.expiresAt == temporary.expiresAt)
    }

    @Test func `temporary credentials are limited to two objects`() throws {
        let scope = TemporaryCredentials.Scope(
            permission: .objectReadOnly,
            objects: [try ObjectKey("videos/42/lecture.mp4"), try ObjectKey("videos/42/poster.jpg")])
        let temporary = try TemporaryCredentials(for: config, scope: scope, lifetime: .seconds(900))

        #expect(scope.objects.count == 2 && scope.prefixes.isEmpty)
        #expect(temporary.credentials.accessKeyID == id)
    }

    // MARK: Edge tokens

    @Test func `a token covers a path`() throws {
        let signer = try EdgeTokenSigner(secret: secret)
        let url = try signer.url("https://media.example.com", path: "/videos/42/lecture.mp4")

        #expect(url.hasPrefix("https://media.example.com/videos/42/lecture.mp4?verify="))
        #expect("?verify=".utf8.count == 8)
    }

    @Test func `a token covers a stream`() throws {
        let signer = try EdgeTokenSigner(secret: secret)
        let url = try signer.url("https://media.example.com", path: "/videos/42/master.m3u8")

        #expect(url.contains("/videos/42/master.m3u8?verify="))
    }

    @Test func `a token covers a directory`() throws {
        let signer = try EdgeTokenSigner(secret: secret, encoding: .urlSafe)
        let directory = "/videos/0b6e1c52-7f0f-4c0e-9d5e-0e4f6f0d3a11/"  // 45 bytes, as all the others
        let playlist = try signer.url(
            "https://media.example.com", path: "\(directory)master.m3u8", directory: directory)
        let token = try signer.token(for: directory)  // for every other URI: "?verify=" and this
        let isGenuine = signer.isValid(token, for: directory, timeToLive: .seconds(10_800))

        #expect(directory.utf8.count == 45)
        #expect(isGenuine)
        let given = try #require(playlist.split(separator: "=", maxSplits: 1).last)
        #expect(given.utf8.count == 10 + 1 + 43)
        #expect(signer.isValid(String(given), for: directory, timeToLive: .seconds(10_800)))
    }

    // MARK: CORS and configuration

    @Test func `the CORS policy of the guide is the preset's`() throws {
        let cors = try CORSConfiguration.browserUploads(from: ["https://app.example.com"])
        let policy = cors.json

        let blocks = try Documentation.blocks(of: "json", in: "Docs/r2-setup.md")
        #expect(blocks.first == policy + "\n")
    }

    @Test func `the configuration error of the guide is the one of a load`() throws {
        let environment = [
            "CLOUDFLARE_ACCOUNT_ID": "my-account", "R2_ACCESS_KEY_ID": id, "R2_BUCKET_NAME": "media",
            "VIDEO_PLAYBACK_URL_EXPIRY": "1h",
        ]
        let error = try #require(throws: R2ConfigError.self) { try R2Config(environment: environment) }
        let blocks = try Documentation.blocks(of: "text", in: "Docs/r2-setup.md")
        #expect(blocks.contains(error.description + "\n"))
    }

    @Test(arguments: ["README.md", "Docs/r2-setup.md"])
    func `every variable is documented`(path: String) throws {
        let text = try Documentation.text(of: path)
        let missing = R2Config.environmentVariables.filter { !text.contains("`\($0)`") }
        #expect(missing == [])
    }

    // MARK: Operations

    @Test func `an operation is signed, and reads its response`() throws {
        var fields = HTTPFields()
        fields[.eTag] = "\"a\""
        fields[.contentLength] = "1"
        let response = R2Response(status: 200, headerFields: fields)

        let operation = HeadObject(key)
        let signed = try R2RequestSigner(config).sign(operation.request())
        let metadata = try operation.output(from: response)

        #expect(signed.request.method == .head && metadata.contentLength == 1)
    }

    @Test func `a list is requested page by page`() throws {
        let (status, headerFields) = (200, HTTPFields())
        let document =
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
        let body = Array("\(document)</ListBucketResult>".utf8)
        var pending: [ListObjectsV2] = []

        let list = ListObjectsV2(prefix: "videos/", maxKeys: 100)
        let signed = try R2RequestSigner(config).sign(list.request())
        let url = signed.url  // the exact URL to send it to
        let fields = signed.request.headerFields  // the headers to send besides the client's own

        let response = R2Response(status: status, headerFields: headerFields, body: body)
        let page = try list.output(from: response)
        if let token = page.nextContinuationToken {
            let next = ListObjectsV2(prefix: "videos/", maxKeys: 100, continuationToken: token)
            pending.append(next)
        }

        #expect(url.hasSuffix("/media?encoding-type=url&list-type=2&max-keys=100&prefix=videos%2F"))
        #expect(fields[.authorization] != nil && pending.first?.continuationToken == "t")
    }

    // MARK: SigV4

    @Test func `a request is signed in its headers`() throws {
        let credentials = SigningCredentials(accessKeyID: "AKID", secretAccessKey: "secret")

        let signer = Signer(credentials: credentials, region: "auto", service: "s3", rules: .s3)
        let request = SignableRequest(
            method: "GET", path: "/bucket/key", headers: [SignableRequest.Header("host", "example.com")])
        let signed = try signer.sign(request, payload: .empty, at: SigningTime(secondsSinceEpoch: 1_440_938_160))

        #expect(signed.signature.scope.description == "20150830/auto/s3/aws4_request")
        #expect(signed.headers.last?.name == "authorization")
    }

    @Test func `a request is signed in its query`() throws {
        let credentials = SigningCredentials(accessKeyID: "AKID", secretAccessKey: "secret")
        let signer = Signer(credentials: credentials, region: "auto", service: "s3", rules: .s3)
        let time = try SigningTime(secondsSinceEpoch: 1_440_938_160)

        let path = PercentEncoding.encodePath("/bucket/a key")
        let request = SignableRequest(
            method: "GET", path: path, headers: [SignableRequest.Header("host", "example.com")])
        let signed = try signer.presign(request, expiresIn: .seconds(900), at: time)
        let url = "https://example.com\(path)?\(signed.query)"

        #expect(url.hasPrefix("https://example.com/bucket/a%20key?X-Amz-Algorithm=AWS4-HMAC-SHA256&"))
    }

    // MARK: All of them

    @Test func `every example of the documentation is compiled here`() throws {
        let here = try Documentation.examples().map { Documentation.code(of: try Documentation.text(of: $0)) }
        var count = 0
        for path in try Documentation.paths() {
            for block in try Documentation.blocks(of: "swift", in: path) {
                // The lines of a package manifest aren't code of R2Kit.
                if block.contains(".package(") || block.contains(".product(") { continue }
                let isHere = here.contains { $0.contains(Documentation.code(of: block)) }
                #expect(isHere, "\(path) has an example that isn't tested:\n\(block)")
                count += 1
            }
        }
        #expect(count > 25)
    }
}

/// Sets the variables of this process, which only this test uses, and unsets R2Kit's others.
private func useSampleEnvironment(_ values: [String: String]) {
    let common = [
        "R2_ACCESS_KEY_ID": "sample-id", "R2_SECRET_ACCESS_KEY": "sample-secret", "R2_BUCKET_NAME": "media",
    ]
    for name in R2Config.environmentVariables { unsetenv(name) }
    for (name, value) in common.merging(values, uniquingKeysWith: { $1 }) { setenv(name, value, 1) }
}

/// The documentation's files, in the checkout that the tests were built in.
private enum Documentation {
    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The files with examples.
    ///
    /// Every target has its own. README also shows an example that is a program.
    static func examples() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: "Tests").path)
            .filter { $0.hasSuffix("Examples.swift") }.map { "Tests/\($0)" } + ["Examples/video-urls.swift"]
    }

    /// README, guides, articles and sources.
    static func paths() throws -> [String] {
        let files = FileManager.default
        let guides = try files.contentsOfDirectory(atPath: root.appending(path: "Docs").path).map { "Docs/\($0)" }
        let sources = try files.subpathsOfDirectory(atPath: root.appending(path: "Sources").path)
            .map { "Sources/\($0)" }
        return (["README.md"] + guides + sources).filter { $0.hasSuffix(".md") || $0.hasSuffix(".swift") }
    }

    /// Returns the fenced blocks of a language.
    static func blocks(of language: String, in path: String) throws -> [String] {
        var blocks: [String] = []
        var block: String?
        for var line in try text(of: path).split(separator: "\n", omittingEmptySubsequences: false) {
            if path.hasSuffix(".swift") {
                line = line.drop { $0 == " " }
                guard line.hasPrefix("///") else {
                    block = nil
                    continue
                }
                line = line.dropFirst(3)
                if line.hasPrefix(" ") { line = line.dropFirst() }
            }
            if let open = block {
                if line.hasPrefix("```") {
                    blocks.append(open)
                    block = nil
                } else {
                    block = "\(open)\(line)\n"
                }
            } else if line == "```\(language)" {
                block = ""
            }
        }
        return blocks
    }

    /// Returns the lines of code, without indentation, comments, imports and empty lines.
    static func code(of text: String) -> String {
        let lines = text.split(separator: "\n").map { line in
            var line = line.drop { $0 == " " }
            if line.hasPrefix("//") || line.hasPrefix("import ") { return "" }
            // A bare expression of the documentation is assigned to nothing here.
            if line.hasPrefix("_ = ") { line = line.dropFirst(4) }
            if let comment = line.firstRange(of: "  // ") { line = line[..<comment.lowerBound] }
            return line.isEmpty ? "" : "\(line)\n"
        }
        return lines.joined()
    }
}
