import HTTPTypes
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Signing of requests")
struct RequestSignerTests {
    @Test func `a session token is sent and signed`() throws {
        let signed = try Sample.signer(sessionToken: Fixture.token).sign(HeadBucket().request(), at: Fixture.instant)
        let headers = signed.request.headerFields
        let token = try #require(HTTPField.Name("x-amz-security-token"))
        #expect(headers[token] == Fixture.token)
        #expect(
            headers[.authorization]?.contains(
                "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,") == true)
        for name in [token, .authorization] {
            #expect(headers[fields: name].first?.indexingStrategy == .disallow)
        }
        #expect(!Fixture.everythingPrinted(of: signed).contains(Fixture.token))
        #expect(!Fixture.everythingPrinted(of: signed).contains("Signature="))
        #expect(!Fixture.everythingPrinted(of: try Sample.signer(sessionToken: Fixture.token)).contains(Fixture.token))
    }

    @Test func `the host name contains the bucket with virtual-hosted addressing`() throws {
        let signer = try Sample.signer(style: .virtualHosted)
        let host = "media.\(Fixture.account).r2.cloudflarestorage.com"
        #expect(try signer.sign(HeadBucket().request(), at: Fixture.instant).url == "https://\(host)/")
        #expect(
            try signer.sign(ListObjectsV2().request(), at: Fixture.instant).url
                == "https://\(host)/?encoding-type=url&list-type=2")
        let copy = CopyObject(CopySource(try Sample.key("a")), to: try Sample.key("b"))
        let signed = try signer.sign(copy.request(), at: Fixture.instant)
        #expect(signed.url == "https://\(host)/b")
        #expect(signed.request.headerFields[try #require(HTTPField.Name("x-amz-copy-source"))] == "/media/a")
    }

    @Test func `expired credentials sign nothing`() throws {
        let signer = R2RequestSigner(try Fixture.config(sessionToken: "t", expiresAt: Fixture.instant))
        let request = try HeadBucket().request()
        #expect(try refusal { _ = try signer.sign(request, at: Fixture.instant) } == .expiredCredentials)
        _ = try signer.sign(request, at: Fixture.instant.addingTimeInterval(-1))
    }

    @Test(arguments: [-1.0, 253_402_300_800, .infinity, .nan])
    func `a date that no header can contain throws`(_ seconds: Double) throws {
        let signer = try Sample.signer()
        let date = Date(timeIntervalSince1970: seconds)
        #expect(try refusal { _ = try signer.sign(HeadBucket().request(), at: date) } == .invalidTime)
    }

    @Test(arguments: [
        "Host", "Authorization", "x-amz-date", "x-amz-security-token", "X-Amz-Content-SHA256", "Content-Length",
        "Expect", "Transfer-Encoding", "Accept-Encoding", "User-Agent", "x-amz-copy-source",
    ])
    func `a header that the signer sets, or that R2 rejects, throws`(_ name: String) throws {
        var request = try HeadBucket().request()
        request.headerFields[try #require(HTTPField.Name(name))] = "1"
        #expect(try refusal { _ = try Sample.signer().sign(request, at: Fixture.instant) } == .reservedName)
    }

    @Test func `a request that cannot be signed unambiguously throws`() throws {
        let signer = try Sample.signer()
        for value in ["", "a  b", "caf\u{E9}"] {
            var request = try HeadBucket().request()
            request.headerFields[.cacheControl] = value
            #expect(try refusal { _ = try signer.sign(request, at: Fixture.instant) } == .invalidHeaderValue)
        }
        var twice = try HeadBucket().request()
        twice.headerFields.append(HTTPField(name: .range, value: "bytes=0-1"))
        twice.headerFields.append(HTTPField(name: .range, value: "bytes=2-3"))
        #expect(try refusal { _ = try signer.sign(twice, at: Fixture.instant) } == .reservedName)
        let body = R2OperationRequest(method: .get, body: .bytes([1]))
        #expect(try refusal { _ = try signer.sign(body, at: Fixture.instant) } == .unsupportedMethod)
        let digest = R2OperationRequest(method: .put, body: .provided(length: 1, sha256: "AB"))
        #expect(try refusal { _ = try signer.sign(digest, at: Fixture.instant) } == .invalidChecksum)
        let long = R2OperationRequest(
            method: .put, body: .provided(length: UploadConstraints.maximumContentLength + 1, sha256: nil))
        #expect(try refusal { _ = try signer.sign(long, at: Fixture.instant) } == .invalidContentLength)
    }

    @Test func `printing shows no secret`() throws {
        let key = try SSECustomerKey(Array(repeating: 1, count: 32))
        let operation = GetObject(try Sample.key("a"), customerKey: key)
        let encoded = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
        let request = try operation.request()
        #expect(request.lines.contains { $0.hasSuffix(encoded) })
        for printed in [
            Fixture.everythingPrinted(of: key), Fixture.everythingPrinted(of: operation),
            Fixture.everythingPrinted(of: request),
        ] {
            #expect(!printed.contains(encoded) && !printed.contains("1, 1"))
        }
    }
}
