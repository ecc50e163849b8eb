#if Emulator
import Foundation
import SigV4
import Testing

@testable import R2Emulator

@Suite("Requests that R2 accepts")
struct AcceptanceTests {
    @Test(arguments: ["auto", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc", ""])
    func `each region that R2 knows`(_ region: String) throws {
        #expect(Signed.refusal(of: try Signed.header(signer: Signed.signer(region: region))) == nil)
        #expect(Signed.refusal(of: try Signed.query(signer: Signed.signer(region: region))) == nil)
    }

    @Test(arguments: [-900.0, 900]) func `15 minutes of skew`(_ seconds: Double) throws {
        #expect(Signed.refusal(of: try Signed.header(at: Signed.now.addingTimeInterval(seconds))) == nil)
    }

    @Test func `a URL until its last second, for a week`() throws {
        #expect(Signed.refusal(of: try Signed.query(at: Signed.now.addingTimeInterval(-900))) == nil)
        let week = try Signed.query(expires: 604_800, at: Signed.now.addingTimeInterval(-604_800))
        #expect(Signed.refusal(of: week) == nil)
    }

    @Test func `a URL from the future, unless a setting refuses it`() throws {
        let request = try Signed.query(at: Signed.now.addingTimeInterval(1000))
        #expect(Signed.refusal(of: request) == nil)
        let strict = Authenticator(
            keys: [AccessKey(id: Signed.id, secret: Secret(Signed.secret))], settings: .init(refusesFutureURLs: true))
        #expect(Signed.refusal(of: request, by: strict)?.message == "Request is not yet valid")
        #expect(Signed.refusal(of: try Signed.query(), by: strict) == nil)
    }

    @Test func `headers of Amazon that aren't signed, unless a setting refuses them`() throws {
        let request = try Signed.query("PUT").with("x-amz-meta-a", "1")
        #expect(Signed.refusal(of: request) == nil)
        let strict = Authenticator(
            keys: [AccessKey(id: Signed.id, secret: Secret(Signed.secret))],
            settings: .init(requiresSignedAmzHeaders: true))
        #expect(Signed.refusal(of: request, by: strict)?.details.first?.1 == "x-amz-meta-a")
        let signed = try Signed.query("PUT", headers: [("x-amz-meta-a", "1")])
        #expect(Signed.refusal(of: signed, by: strict) == nil)
    }

    @Test func `the date header in the basic form`() throws {
        // The signer signs x-amz-date. A client that signs `date` lists that in place of it.
        let request = try Signed.header()
        let sent = EmulatorRequest(
            method: "GET", target: request.target,
            headers: request.headers.map { ($0.name == "x-amz-date" ? "Date" : $0.name, $0.value) })
        let refusal = try #require(Signed.refusal(of: sent))
        #expect(refusal.code == "SignatureDoesNotMatch")
        #expect(refusal.details[2].1.contains("x-amz-date:\n"), "a header that wasn't sent is signed as an empty one")
    }

    @Test func `both forms at once, of which the header counts`() throws {
        let headers = try Signed.header().headers
        let both = try Signed.completed(
            EmulatorRequest(method: "GET", target: Signed.query().target, headers: headers))
        #expect(Signed.refusal(of: both) == nil)
        #expect(Signed.refusal(of: both.replacing("X-Amz-Expires=900", with: "X-Amz-Expires=901")) != nil)
        #expect(Signed.refusal(of: both.with("authorization", "")) != nil)
    }

    @Test func `signed headers in the order in which they are listed`() throws {
        let list = "host;x-amz-content-sha256;x-amz-date"
        let request = try Signed.header()
        for order in ["x-amz-date;host;x-amz-content-sha256", "X-Amz-Date;HOST;x-amz-content-sha256"] {
            let reordered = request.authorization(list, with: order)
            #expect(Signed.refusal(of: reordered)?.code == "SignatureDoesNotMatch")
            #expect(Signed.refusal(of: try Signed.completed(reordered)) == nil)
        }
    }

    @Test func `only host has to be signed`() throws {
        let request = try Signed.header(headers: [("content-type", "text/plain"), ("x-amz-meta-a", "1")])
        let list = "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta-a"
        #expect(Signed.refusal(of: try Signed.completed(request.authorization(list, with: "host"))) == nil)
    }

    @Test func `a URL with any hash of the body, which isn't compared`() throws {
        let request = try Signed.query("PUT")
        for hash in [String(repeating: "0", count: 64), "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "none"] {
            let sent = request.with("x-amz-content-sha256", hash)
            #expect(Signed.refusal(of: sent, body: Array("a body".utf8)) == nil, "\(hash)")
        }
    }

    @Test func `query parameters in any order and encoding`() throws {
        let request = try Signed.header(query: [("b", "1"), ("a", "x y"), ("a", "x+z"), ("c", ""), ("B", "'()*!~")])
        #expect(Signed.refusal(of: request) == nil)
        let target = "/media/videos/1.mp4?c&B='()*!~&a=x%2bz&&a=x+y&b=%31"
        #expect(
            Signed.refusal(of: EmulatorRequest(method: "GET", target: target, headers: request.headers)) == nil)
        let changed = target.replacingOccurrences(of: "x+y", with: "x%2By")
        #expect(
            Signed.refusal(of: EmulatorRequest(method: "GET", target: changed, headers: request.headers)) != nil)
    }

    @Test func `a path only as it was signed`() throws {
        let request = try Signed.header("GET", "/media/a%2Bb/%C3%A9%20f.mp4")
        #expect(Signed.refusal(of: request) == nil)
        for (text, other) in [
            ("%2B", "+"), ("%C3", "%c3"), ("a%2B", "%61%2B"), ("/media/", "/media//"), ("/a", "/./a"),
        ] {
            #expect(Signed.refusal(of: request.replacing(text, with: other)) != nil, "\(other)")
        }
    }

    @Test func `fields of the authorization in any order and spacing`() throws {
        let request = try Signed.header()
        let value = try #require(request.header("authorization"))
        let fields = value.dropFirst("AWS4-HMAC-SHA256 ".count).components(separatedBy: ", ")
        #expect(fields.count == 3)
        for joined in [
            fields.joined(separator: ","), fields.reversed().joined(separator: "  ,\t"), "a=b,,\(value.dropFirst(17))",
        ] {
            let sent = request.with("authorization", "AWS4-HMAC-SHA256 \(joined)")
            #expect(Signed.refusal(of: sent) == nil, "\(joined)")
        }
        #expect(Signed.refusal(of: request.authorization("AWS4-HMAC-SHA256 ", with: "AWS4-HMAC-SHA256,")) != nil)
    }

    @Test func `spaces around and between the words of a value`() throws {
        let request = try Signed.header(headers: [("x-amz-meta-title", "two words")])
        #expect(Signed.refusal(of: request.with("x-amz-meta-title", "  two   words ")) == nil)
        #expect(Signed.refusal(of: request.with("x-amz-meta-title", "two\twords")) != nil)
        #expect(Signed.refusal(of: request.with("x-amz-meta-title", "twowords")) != nil)
    }

    @Test func `a header that's sent twice`() throws {
        let request = try Signed.header(headers: [("x-amz-meta-a", "1"), ("X-Amz-Meta-A", "2")])
        #expect(Signed.refusal(of: request) == nil)
        #expect(Signed.refusal(of: request.with("x-amz-meta-a", "1,2")) == nil)
        #expect(Signed.refusal(of: request.with("x-amz-meta-a", "2,1")) != nil)
    }

    @Test func `a key of the emulator's with another length`() throws {
        let credentials = SigningCredentials(accessKeyID: "local/key", secretAccessKey: "s")
        let signer = Signer(credentials: credentials, region: "auto", service: "s3", rules: .s3)
        let authenticator = Authenticator(keys: [AccessKey(id: "local/key", secret: Secret("s"))])
        #expect(Signed.refusal(of: try Signed.header(signer: signer), by: authenticator) == nil)
        #expect(Signed.refusal(of: try Signed.query(signer: signer), by: authenticator) == nil)
    }
}
#endif
