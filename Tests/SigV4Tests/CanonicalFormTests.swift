import SigV4
import Testing

@Suite("The canonical form")
struct CanonicalFormTests {
    let signer = Signer(
        credentials: SigningCredentials(accessKeyID: "AKID", secretAccessKey: "secret"), region: "auto", service: "s3",
        rules: .s3)

    func canonical(_ request: SignableRequest) throws -> [Substring] {
        let signed = try signer.presign(request, expiresIn: .seconds(60), at: SigningTime(secondsSinceEpoch: 0))
        return signed.signature.canonicalRequest.text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test func `a parameter sorts before one whose name starts with its name`() throws {
        let lines = try canonical(
            SignableRequest(
                method: "GET", path: "/", query: [.init("a-b", "2"), .init("a", "1"), .init("aa", "3")],
                headers: [.init("host", "h")]))
        #expect(lines[2].hasSuffix("&a=1&a-b=2&aa=3"))
    }

    @Test func `parameters of the same name are sorted by value`() throws {
        let lines = try canonical(
            SignableRequest(
                method: "GET", path: "/", query: [.init("p", "b"), .init("p", ""), .init("p", "a")],
                headers: [.init("host", "h")]))
        #expect(lines[2].hasSuffix("&p=&p=a&p=b"))
    }

    @Test func `repeated headers are trimmed and joined in their order`() throws {
        let lines = try canonical(
            SignableRequest(
                method: "GET", path: "/",
                headers: [.init("X-B", " 2   3 "), .init("host", "h"), .init("x-b", "1"), .init("X-A", "\t")]))
        #expect(lines[3...] == ["host:h", "x-a:", "x-b:2 3,1", "", "host;x-a;x-b", "UNSIGNED-PAYLOAD"])
    }

    @Test func `a space is encoded as %20 and a plus sign as %2B`() {
        #expect(PercentEncoding.encode("a b+c/d~é'(*)!") == "a%20b%2Bc%2Fd~%C3%A9%27%28%2A%29%21")
        #expect(PercentEncoding.encodePath("/a b+c/d=@") == "/a%20b%2Bc/d%3D%40")
    }

    @Test func `only letters, digits and four marks aren't encoded`() {
        for value in UInt8.min...127 {
            let character = String(UnicodeScalar(value))
            let stays =
                character.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } || "-._~".contains(character)
            let encoded = PercentEncoding.encode(character)
            #expect((encoded == character) == stays)
            let digits = String(value, radix: 16, uppercase: true)
            if !stays { #expect(encoded == "%" + (digits.count == 1 ? "0" : "") + digits) }
        }
    }

    @Test(arguments: [
        (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_078_012_799, "20040228T235959Z"),
        (1_709_251_199, "20240229T235959Z"), (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"),
        (253_402_300_799, "99991231T235959Z"),
    ])
    func `times are written in UTC`(seconds: Int64, expected: String) throws {
        let time = try SigningTime(secondsSinceEpoch: seconds)
        #expect(time.timestamp == expected)
        #expect(time.date == expected.prefix(8))
    }

    @Test func `services other than S3 encode the path twice and drop dot segments`() throws {
        let signer = Signer(
            credentials: signer.credentials, region: "us-east-1", service: "execute-api", rules: .standard)
        let request = SignableRequest(
            method: "GET", path: "/a%20b/./c/../d//", headers: [.init("host", "h")])
        let signed = try signer.presign(
            request, payload: .empty, expiresIn: .seconds(60), at: SigningTime(secondsSinceEpoch: 0))
        #expect(signed.signature.canonicalRequest.text.hasPrefix("GET\n/a%2520b/d/\n"))
        for (sent, expected) in [("/a/.", "/a"), ("/a/b/..", "/a"), ("/..", "/"), ("/a/../", "/"), ("/a/./", "/a/")] {
            let dotted = SignableRequest(method: "GET", path: sent, headers: [.init("host", "h")])
            let time = try SigningTime(secondsSinceEpoch: 0)
            let text = try signer.presign(dotted, payload: .empty, expiresIn: .seconds(60), at: time).signature
                .canonicalRequest
                .text
            #expect(text.hasPrefix("GET\n\(expected)\n"))
        }
    }
}
