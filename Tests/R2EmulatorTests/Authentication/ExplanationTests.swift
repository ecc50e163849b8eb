#if Emulator
import Foundation
import R2Kit
import SigV4
import Testing

@testable import R2Emulator

@Suite("Explanations of a signature that doesn't match")
struct ExplanationTests {
    private static func explanation(_ request: EmulatorRequest) throws -> String {
        let refusal = try #require(Signed.refusal(of: request))
        try #require(refusal.code == "SignatureDoesNotMatch")
        return try #require(refusal.explanation)
    }

    @Test func `show the emulator's texts`() throws {
        let text = try Self.explanation(try Signed.query("PUT").with(method: "DELETE"))
        #expect(text.contains("\nDELETE\n/media/videos/1.mp4\nX-Amz-Algorithm=AWS4-HMAC-SHA256&"))
        #expect(text.contains("\nAWS4-HMAC-SHA256\n20260102T030405Z\n20260102/auto/s3/aws4_request\n"))
    }

    @Test func `name the usual mistakes`() throws {
        let cases: [(EmulatorRequest, String)] = [
            (
                try Signed.query("PUT").with(method: "GET"),
                "The signature is for the method PUT, but the request has GET."
            ),
            (
                try Signed.header("GET", "/media/a%252Bb").replacing("%252B", with: "%2B"),
                "The signature is for another encoding of the path."
            ),
            (
                try Signed.query().with("host", "localhost:9000"),
                "The signature is for the host 127.0.0.1:9000, but the request has localhost:9000."
            ),
            (
                try Signed.query().replacing("?", with: "?utm_source=mail&"),
                "The signature doesn't cover the query parameter utm_source, which was added afterwards."
            ),
            (
                try Signed.query("PUT", headers: [("content-type", "video/mp4")]).with("content-type", nil),
                "Signed, but not sent: content-type."
            ),
            (try Signed.header(signer: Signed.signer(secret: "another")), "Check the secret access key"),
        ]
        for (request, hint) in cases {
            let text = try Self.explanation(request)
            #expect(text.contains(hint), "\(text) in place of \(hint)")
        }
    }

    @Test func `have no secret, and no signature that would work`() throws {
        let customerKey = "a2V5IG9mIHRoZSBjdXN0b21lciwgMzIgYnl0ZXMuLi4="
        let right = try Signed.header("PUT", headers: [("x-amz-server-side-encryption-customer-key", customerKey)])
        let signature = String(try #require(right.header("authorization")?.suffix(64)))
        let wrong = right.authorization(signature, with: String(repeating: "0", count: 64))
        let refusal = try #require(Signed.refusal(of: wrong))
        #expect(refusal.explanation?.contains("x-amz-server-side-encryption-customer-key:<secret>") == true)
        let explanation = try #require(refusal.explanation)
        #expect(!explanation.contains(customerKey))
        for text in [explanation, "\(refusal)"] {
            #expect(!text.contains(Signed.secret))
            #expect(!text.contains(signature))
        }
    }

    @Test func `don't show a session token`() throws {
        let parent = try R2Config(
            endpoint: R2Endpoint("http://\(Signed.host)"),
            credentials: R2Credentials(accessKeyID: Signed.id, secretAccessKey: Signed.secret),
            bucket: BucketName("media"))
        let session = try TemporaryCredentials(
            for: parent, accountID: AccountID("00112233445566778899aabbccddeeff"),
            scope: .init(permission: .objectReadOnly), lifetime: .seconds(900), at: Signed.now)
        let token = session.exposed.sessionToken
        let signer = Signed.signer(secret: session.exposed.secretAccessKey, token: token)
        for request in [try Signed.header(signer: signer), try Signed.query(signer: signer)] {
            #expect(Signed.refusal(of: request) == nil)
            let text = try Self.explanation(request.with(method: "PATCH"))
            #expect(text.contains("<secret>"))
            #expect(!text.contains(token) && !text.contains(PercentEncoding.encode(token)))
        }
    }
}
#endif
