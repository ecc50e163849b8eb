import HTTPTypes
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("URLs that aren't signed")
struct PresignerRefusalTests {
    /// Expects an error with a code and without secrets.
    func expect<Result>(
        _ code: R2ValidationError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
    ) {
        let error = #expect(throws: R2ValidationError.self, sourceLocation: sourceLocation) { _ = try body() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        let printed = Fixture.everythingPrinted(of: error as Any) + (error?.errorDescription ?? "")
        #expect(!printed.contains(Fixture.secret) && !printed.contains(Fixture.token), sourceLocation: sourceLocation)
        #expect(!printed.contains("X-Amz-Signature="), sourceLocation: sourceLocation)
    }

    let presigner: R2Presigner
    let key: ObjectKey

    init() throws {
        presigner = R2Presigner(try Fixture.config(sessionToken: Fixture.token))
        key = try ObjectKey("videos/a.mp4")
    }

    @Test(arguments: ["STANDARD\\nx-amz-meta-a:b", "", "é", " STANDARD"])
    func `a storage class that no header can contain isn't decoded`(_ name: String) throws {
        let json = Data("[\"\(name)\"]".utf8)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([StorageClass].self, from: json) }
        let known = try JSONDecoder().decode([StorageClass].self, from: Data("[\"STANDARD_IA\"]".utf8))
        #expect(known == [.infrequentAccess])
    }

    @Test(arguments: ["", " ", "a\nb", "a\r\nX-Injected: 1", "é", " video/mp4", "video/mp4 ", "a  b", "a\tb", "a\0"])
    func `a header value that clients and servers would read differently`(value: String) throws {
        expect(.invalidHeaderValue) {
            try presigner.presignUpload(to: key, constraints: UploadConstraints(contentType: value))
        }
        expect(.invalidHeaderValue) {
            try presigner.presignUpload(to: key, constraints: UploadConstraints(cacheControl: value))
        }
        expect(.invalidHeaderValue) {
            try presigner.presignPlayback(of: key, overrides: ResponseOverrides(contentType: value))
        }
        expect(.invalidHeaderValue) {
            try presigner.presignPlayback(of: key, overrides: ResponseOverrides(cacheControl: value))
        }
        // Empty metadata is sent as an empty header, which all of them read alike.
        guard !value.isEmpty else { return }
        expect(.invalidMetadata) {
            try presigner.presignUpload(to: key, constraints: UploadConstraints(userMetadata: ["a": value]))
        }
    }

    @Test(arguments: [Int64.min, -1, 5_363_466_241, Int64.max])
    func `a length that one request cannot have`(length: Int64) {
        expect(.invalidContentLength) {
            try presigner.presignUpload(to: key, constraints: UploadConstraints(contentLength: length))
        }
        expect(.invalidContentLength) {
            try presigner.presignPart(
                1, of: UploadID("id"), key: key, constraints: PartConstraints(contentLength: length))
        }
    }

    @Test(arguments: [0, 1, 5_363_466_240] as [Int64])
    func `lengths that one request can have are signed as they are`(length: Int64) throws {
        let request = try presigner.presignUpload(to: key, constraints: UploadConstraints(contentLength: length))
        #expect(request.headers[.contentLength] == String(length))
    }

    @Test(arguments: [Int.min, -1, 0, 10_001, Int.max])
    func `a part number outside 1 to 10000`(number: Int) {
        expect(.invalidPartNumber) { try presigner.presignPart(number, of: UploadID("id"), key: key) }
    }

    @Test func `a checksum that R2 doesn't support for parts`() throws {
        for (algorithm, length) in [(Checksum.Algorithm.sha1, 20), (.sha256, 32)] {
            let checksum = try Checksum(algorithm, bytes: [UInt8](repeating: 0, count: length))
            expect(.unsupportedChecksum) {
                try presigner.presignPart(
                    1, of: UploadID("id"), key: key, constraints: PartConstraints(checksum: checksum))
            }
        }
    }

    @Test func `metadata that headers cannot carry`() {
        for metadata in [
            ["": "a"], ["a b": "a"], ["ü": "a"], ["a:": "a"], ["a": "é"], ["Name": "a", "name": "b"],
            ["a": String(repeating: "x", count: 8192)],
        ] {
            expect(.invalidMetadata) {
                try presigner.presignUpload(to: key, constraints: UploadConstraints(userMetadata: metadata))
            }
        }
    }

    @Test func `metadata of 8192 bytes is signed`() throws {
        let metadata = ["a": String(repeating: "x", count: 8191)]
        #expect(
            try presigner.presignUpload(to: key, constraints: UploadConstraints(userMetadata: metadata)).headers.count
                == 1)
    }

    @Test(arguments: [
        "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature",
        "X-Amz-Security-Token", "x-amz-checksum-crc32", "X-AMZ-META-A", "X-Amz-\u{301}", "",
    ])
    func `a query parameter that the signer sets, or that R2 doesn't enforce`(name: String) {
        expect(.reservedName) {
            try presigner.presign(.get, key: key, parameters: [QueryParameter(name: name, value: "1")])
        }
    }

    @Test(arguments: [
        "host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "expect",
        "transfer-encoding",
    ])
    func `a header that the signer sets, or that R2 rejects`(name: String) throws {
        let headers = [try #require(HTTPField.Name(name)): "1"] as HTTPFields
        expect(.reservedName) { try presigner.presign(.put, key: key, headers: headers) }
    }

    @Test func `a duplicate header`() throws {
        var headers = HTTPFields()
        let name = try #require(HTTPField.Name("x-amz-meta-a"))
        headers.append(HTTPField(name: name, value: "1"))
        headers.append(HTTPField(name: name, value: "2"))
        let twice = headers
        expect(.reservedName) { try presigner.presign(.put, key: key, headers: twice) }
    }

    @Test func `a parameter that would put a line break into the response`() {
        expect(.invalidHeaderValue) {
            try presigner.presign(
                .get, key: key, parameters: [QueryParameter(name: "response-content-type", value: "a\r\nX: 1")])
        }
        expect(.invalidHeaderValue) {
            try presigner.presign(.get, key: key, parameters: [QueryParameter(name: "versionId", value: "a\0")])
        }
    }

    @Test(arguments: ["abc", "-1", "0007", "1.5", "0x10", "5363466241", "99999999999999999999"])
    func `a length that isn't a number of bytes`(value: String) {
        expect(.invalidContentLength) { try presigner.presign(.put, key: key, headers: [.contentLength: value]) }
    }

    @Test func `a header with two spaces in a row`() {
        expect(.invalidHeaderValue) { try presigner.presign(.put, key: key, headers: [.contentType: "a  b"]) }
    }

    @Test(arguments: [HTTPRequest.Method.post, .patch, .options, .connect])
    func `a method that R2 doesn't support in presigned URLs`(method: HTTPRequest.Method) {
        expect(.unsupportedMethod) { try presigner.presign(method, key: key) }
    }

    @Test func `a date before 1970 or after 9999`() {
        for seconds in [-0.5, -1e12, 253_402_300_800, 1e300, .infinity, -.infinity, .nan] {
            expect(.invalidTime) { try presigner.presignPlayback(of: key, at: Date(timeIntervalSince1970: seconds)) }
        }
    }
}

@Suite("URLs and the expiry of their credentials")
struct CredentialExpiryTests {
    @Test func `a URL can expire with its credentials, but not after them`() throws {
        let end = Fixture.instant.addingTimeInterval(600)
        let presigner = R2Presigner(try Fixture.config(sessionToken: Fixture.token, expiresAt: end))
        let key = try ObjectKey("k")
        let latest = try presigner.presignPlayback(of: key, expiresIn: .seconds(600), at: Fixture.instant)
        #expect(latest.expiresAt == end)
        let longer = Duration.seconds(601)
        let refusals: [(R2Presigner) throws -> Void] = [
            { _ = try $0.presignPlayback(of: key, expiresIn: longer, at: Fixture.instant) },
            { _ = try $0.presignPlayback(of: [key], expiresIn: longer, at: Fixture.instant) },
            { _ = try $0.presignPlayback(of: key, downloadFilename: "a", expiresIn: longer, at: Fixture.instant) },
            {
                let parts = try PartPlan(totalLength: 1).parts
                _ = try $0.presignParts(parts, of: UploadID("i"), key: key, expiresIn: longer, at: Fixture.instant)
            },
            { _ = try $0.presignPlayback(of: key, at: Fixture.instant) },
            { _ = try $0.presignUpload(to: key, at: Fixture.instant) },
            { _ = try $0.presignHead(of: key, expiresIn: longer, at: Fixture.instant) },
            { _ = try $0.presignDelete(of: key, expiresIn: longer, at: Fixture.instant) },
            { _ = try $0.presignPart(1, of: UploadID("i"), key: key, expiresIn: longer, at: Fixture.instant) },
            { _ = try $0.presign(.get, key: key, expiresIn: longer, at: Fixture.instant) },
            {
                _ = try $0.presignPlayback(
                    of: key, expiresIn: .seconds(590), stableWithin: .fiveMinutes, at: Fixture.instant)
            },
        ]
        for refusal in refusals {
            let error = #expect(throws: R2ValidationError.self) { try refusal(presigner) }
            #expect(error?.code == .outlivesCredentials)
            #expect(error?.message.contains("2026-01-02T03:14:05Z") == true)
            #expect(error?.message.contains(Fixture.token) == false)
        }
    }

    @Test func `an R2 session token states its own expiry`() throws {
        let session = try TemporaryCredentials(
            for: Fixture.config(), scope: TemporaryCredentials.Scope(permission: .objectReadOnly),
            lifetime: .seconds(600),
            at: Fixture.instant)
        let exposed = session.exposed
        let credentials = try R2Credentials(
            accessKeyID: exposed.accessKeyId, secretAccessKey: exposed.secretAccessKey,
            sessionToken: exposed.sessionToken)
        #expect(credentials.expiresAt == Fixture.instant.addingTimeInterval(600))
        #expect(try R2Credentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: "opaque").expiresAt == nil)
        let later = try R2Credentials(
            accessKeyID: "a", secretAccessKey: "b", sessionToken: exposed.sessionToken,
            expiresAt: Fixture.instant.addingTimeInterval(9999))
        #expect(later.expiresAt == credentials.expiresAt)
        let fraction = Data(#"jwt/e30.\#(Data(#"{"exp": 1767323045.9}"#.utf8).base64EncodedString()).x"#.utf8)
        let token = fraction.base64EncodedString()
        #expect(
            try R2Credentials(accessKeyID: "a", secretAccessKey: "b", sessionToken: token).expiresAt == Fixture.instant)
        #expect(throws: R2ValidationError.self) {
            try R2Credentials(accessKeyID: "a", secretAccessKey: "b", expiresAt: Date(timeIntervalSince1970: .nan))
        }
    }
}
