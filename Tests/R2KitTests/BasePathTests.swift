import HTTPTypes
import R2Kit
import SigV4
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Requests to an endpoint with a path")
struct BasePathTests {
    static let origin = "http://localhost:8787/cdn-cgi/local/r2/s3"
    let config: R2Config
    let presigner: R2Presigner
    let key: ObjectKey

    init() throws {
        config = try ConfigTests.config(Self.origin + "/")
        presigner = R2Presigner(config)
        key = try ObjectKey("videos/a b+c.mp4")
    }

    @Test func `every presigned URL has the path before the bucket`() throws {
        let parts = try PartPlan(totalLength: 1).parts
        let id = try UploadID("i")
        let requests: [PresignedRequest] = [
            try presigner.presignUpload(to: key), try presigner.presignPart(1, of: id, key: key),
            try presigner.presignPlayback(of: key), try presigner.presignHead(of: key),
            try presigner.presignDelete(of: key), try presigner.presign(.get, key: key, headers: [.range: "bytes=0-1"]),
            try presigner.presignPlayback(of: key, downloadFilename: "a.mp4"),
        ]
        let lists = try presigner.presignParts(parts, of: id, key: key) + presigner.presignPlayback(of: [key])
        for request in requests + lists {
            #expect(request.url.hasPrefix("\(Self.origin)/media/videos/a%20b%2Bc.mp4?"))
            #expect(request.description.contains("\(Self.origin)/media/videos/a%20b%2Bc.mp4?<signed>"))
            #expect(request.curlCommand().contains("'\(request.url)'"))
        }
    }

    @Test func `the signature covers the whole path`() throws {
        let key = self.key
        let url = try presigner.presignPlayback(of: key, expiresIn: .seconds(60), at: Fixture.instant)
        let custom = try presigner.presign(.get, key: key, expiresIn: .seconds(60), at: Fixture.instant)
        #expect(url == custom)
        let signer = Signer(
            credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: Fixture.secret), region: "auto",
            service: "s3", rules: .s3)
        let time = try SigningTime(secondsSinceEpoch: Int64(Fixture.instant.timeIntervalSince1970))
        let expected = try signer.presign(
            SignableRequest(
                method: "GET", path: "/cdn-cgi/local/r2/s3/media/videos/a%20b%2Bc.mp4", query: [],
                headers: [SignableRequest.Header("host", "localhost:8787")]),
            expiresIn: .seconds(60), at: time)
        #expect(url.signature == expected.signature.hex)
        let elsewhere = try R2Presigner(ConfigTests.config("http://localhost:8787")).presignPlayback(
            of: key, expiresIn: .seconds(60), at: Fixture.instant)
        #expect(url.signature != elsewhere.signature)
    }

    @Test func `signed operations have the path, and a copy source has none`() throws {
        let signer = R2RequestSigner(config)
        let root = "\(Self.origin)/media"
        let key = self.key
        func url(_ operation: some R2Operation) throws -> String {
            try signer.sign(operation.request(), at: Fixture.instant).url
        }
        #expect(try url(HeadBucket()) == root)
        #expect(try url(ListObjectsV2()) == "\(root)?encoding-type=url&list-type=2")
        #expect(try url(GetObject(key)) == "\(root)/videos/a%20b%2Bc.mp4")
        #expect(try url(DeleteObject(key)) == "\(root)/videos/a%20b%2Bc.mp4")
        #expect(try url(CreateMultipartUpload(key)) == "\(root)/videos/a%20b%2Bc.mp4?uploads=")
        let copy = try signer.sign(CopyObject(CopySource(key), to: ObjectKey("b")).request(), at: Fixture.instant)
        #expect(copy.url == "\(root)/b")
        #expect(copy.request.authority == "localhost:8787")
        #expect(copy.description == "R2SignedRequest(PUT \(root)/b)")
        let source = try #require(HTTPField.Name("x-amz-copy-source"))
        #expect(copy.request.headerFields[source] == "/media/videos/a%20b%2Bc.mp4")
    }

    @Test func `a signed operation's signature covers the whole path`() throws {
        let signed = try R2RequestSigner(config).sign(GetObject(key).request(), at: Fixture.instant)
        let signer = Signer(
            credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: Fixture.secret), region: "auto",
            service: "s3", rules: .s3)
        let time = try SigningTime(secondsSinceEpoch: Int64(Fixture.instant.timeIntervalSince1970))
        let expected = try signer.sign(
            SignableRequest(
                method: "GET", path: "/cdn-cgi/local/r2/s3/media/videos/a%20b%2Bc.mp4", query: [],
                headers: [SignableRequest.Header("host", "localhost:8787")]),
            payload: .empty, at: time)
        #expect(signed.request.headerFields[.authorization]?.hasSuffix(expected.signature.hex) == true)
    }

    @Test func `temporary credentials are for the host alone, and sign with the path`() throws {
        let account = try AccountID(Fixture.account)
        let scope = TemporaryCredentials.Scope(permission: .objectReadOnly)
        func credentials(_ endpoint: String) throws -> TemporaryCredentials {
            try TemporaryCredentials(
                for: ConfigTests.config(endpoint), accountID: account, scope: scope, lifetime: .seconds(60),
                at: Fixture.instant)
        }
        let temporary = try credentials(Self.origin)
        #expect(try temporary.exposed.sessionToken == credentials("http://localhost:8787").exposed.sessionToken)
        let url = try R2Presigner(temporary.config).presignPlayback(
            of: key, expiresIn: .seconds(60), at: Fixture.instant
        ).url
        #expect(url.hasPrefix("\(Self.origin)/media/"))
    }
}
