import Crypto
import R2Kit
import SigV4
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Edge tokens")
struct EdgeTokenTests {
    static let secret = "the-rule's-secret"
    let standard: EdgeTokenSigner
    let urlSafe: EdgeTokenSigner

    init() throws {
        standard = try EdgeTokenSigner(secret: Self.secret)
        urlSafe = try EdgeTokenSigner(secret: Self.secret, encoding: .urlSafe, parameter: "t")
    }

    static func code(_ message: String) -> String {
        Data(HMAC<SHA256>.authenticationCode(for: Data(message.utf8), using: SymmetricKey(data: Data(secret.utf8))))
            .base64EncodedString()
    }

    /// Returns the most similar other character: in Base64, one that differs in the last bit.
    static func next(_ character: Character) -> String {
        let value = character.asciiValue ?? 0
        return String(UnicodeScalar(value % 2 == 0 ? value + 1 : value - 1))
    }

    @Test func `hash the path and the time without a separator`() throws {
        let code = Self.code("/videos/a%20b.mp41767323045")
        let url = try standard.url("https://media.example.com", path: "/videos/a b.mp4", at: Fixture.instant)
        #expect(
            url == "https://media.example.com/videos/a%20b.mp4?verify=1767323045-\(PercentEncoding.encode(code))")
        #expect(code.count == 44)
    }

    @Test func `URL-safe ones have 43 characters that need no encoding`() throws {
        let url = try urlSafe.url("https://media.example.com/", path: "/a", at: Fixture.instant)
        let token = try #require(url.split(separator: "=").last)
        let code = token.dropFirst("1767323045-".count)
        #expect(code.count == 43)
        #expect(PercentEncoding.encode(String(code)) == code)
        let expected = Self.code("/a1767323045").map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.dropLast()
        #expect(String(code) == String(expected))
    }

    @Test func `for a directory are valid for everything in it`() throws {
        let url = try urlSafe.url(
            "https://media.example.com", path: "/v/42/master.m3u8", directory: "/v/42/", at: Fixture.instant)
        #expect(
            url
                == "https://media.example.com/v/42/master.m3u8?t=\(try urlSafe.token(for: "/v/42/", at: Fixture.instant))"
        )
    }

    @Test func `are valid as long as the rule says, for their own message`() throws {
        for signer in [standard, urlSafe] {
            let token = try signer.token(for: "/a", at: Fixture.instant)
            let valid = { (message: String, age: Double) in
                signer.isValid(
                    token, for: message, timeToLive: .seconds(60), at: Fixture.instant.addingTimeInterval(age))
            }
            #expect(valid("/a", 0) && valid("/a", 59.9) && valid("/a", -5))
            #expect(!valid("/a", 60) && !valid("/b", 0) && !valid("/a1", 0) && !valid("", 0))
        }
    }

    @Test func `aren't valid after a change`() throws {
        for signer in [standard, urlSafe] {
            let token = try signer.token(for: "/a", at: Fixture.instant)
            let valid = { (token: String) in
                signer.isValid(token, for: "/a", timeToLive: .seconds(60), at: Fixture.instant)
            }
            #expect(valid(token))
            for index in token.indices {
                var altered = token
                altered.replaceSubrange(index...index, with: Self.next(token[index]))
                #expect(!valid(altered), "altered at \(token.distance(from: token.startIndex, to: index))")
            }
            for broken in ["", "-", "1767323045", "1767323045-", token + "A", String(token.dropLast()), "x" + token] {
                #expect(!valid(broken))
            }
        }
    }

    @Test func `aren't valid with another encoding or secret`() throws {
        let token = try urlSafe.token(for: "/a", at: Fixture.instant)
        #expect(!standard.isValid(token, for: "/a", timeToLive: .seconds(60), at: Fixture.instant))
        let other = try EdgeTokenSigner(secret: "another", encoding: .urlSafe, parameter: "t")
        #expect(!other.isValid(token, for: "/a", timeToLive: .seconds(60), at: Fixture.instant))
    }

    @Test func `aren't created from arguments that can't work`() {
        let host = "https://media.example.com"
        let refused: [(R2ValidationError.Code, () throws -> Void)] = [
            (.invalidEdgeToken, { _ = try EdgeTokenSigner(secret: "") }),
            (.invalidEdgeToken, { _ = try EdgeTokenSigner(secret: "s", parameter: "") }),
            (.invalidEdgeToken, { _ = try EdgeTokenSigner(secret: "s", parameter: "a&b") }),
            (.invalidEdgeToken, { _ = try standard.url(host, path: "a") }),
            (.invalidEdgeToken, { _ = try standard.url(host, path: "/a/../b") }),
            (.invalidEdgeToken, { _ = try standard.url(host, path: "/a//b") }),
            (.invalidEdgeToken, { _ = try standard.url(host, path: "/v/1/a", directory: "/v/2/") }),
            (.invalidEdgeToken, { _ = try standard.url(host, path: "/v/1/a", directory: "/v/1") }),
            (.invalidEdgeToken, { _ = try standard.url(host, path: "/a", directory: "/") }),
            (.invalidEndpoint, { _ = try standard.url("media.example.com", path: "/a") }),
            (
                .invalidEndpoint,
                { _ = try standard.url("https://\(Fixture.account).r2.cloudflarestorage.com", path: "/a") }
            ),
            (.invalidEndpoint, { _ = try standard.url("http://media.example.com", path: "/a") }),
            (.customDomain, { _ = try standard.url("https://pub-1.r2.dev", path: "/a") }),
            (.invalidTime, { _ = try standard.token(for: "/a", at: Date(timeIntervalSince1970: 999_999_999)) }),
            (.invalidTime, { _ = try standard.token(for: "/a", at: Date(timeIntervalSince1970: 1e10)) }),
        ]
        for (code, body) in refused {
            let error = #expect(throws: R2ValidationError.self) { try body() }
            #expect(error?.code == code)
            #expect(!Fixture.everythingPrinted(of: error as Any).contains(Self.secret))
        }
    }

    @Test func `don't show the secret when their signer is printed`() {
        for signer in [standard, urlSafe] {
            #expect(!Fixture.everythingPrinted(of: signer).contains(Self.secret))
        }
    }
}
