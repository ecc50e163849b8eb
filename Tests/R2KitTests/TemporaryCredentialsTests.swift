import Crypto
import R2Kit
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Temporary credentials")
struct TemporaryCredentialsTests {
    struct Claims: Decodable, Equatable {
        struct Paths: Decodable, Equatable {
            var prefixPaths: [String]
            var objectPaths: [String]
        }
        var bucket: String
        var scope: String?
        var actions: [String]?
        var paths: Paths?
        var sub: String
        var iss: String
        var aud: String
        var iat: Int64
        var exp: Int64
    }

    static func decode(_ part: Substring) -> Data? {
        var text = part.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        while text.count % 4 != 0 { text.append("=") }
        return Data(base64Encoded: String(text))
    }

    @Test func `contain their scope, signed with the parent's secret`() throws {
        let session = try TemporaryCredentials(
            for: Fixture.config(jurisdiction: .eu),
            scope: TemporaryCredentials.Scope(
                permission: .objectReadWrite, actions: [.putObject, .getObject], prefixes: ["uploads/42/"],
                objects: [ObjectKey("shared/ü.json")]), lifetime: .seconds(900), at: Fixture.instant)
        let exposed = session.exposed
        let token = try #require(Data(base64Encoded: exposed.sessionToken).map { String(decoding: $0, as: UTF8.self) })
        #expect(token.hasPrefix("jwt/"))
        let jwt = token.dropFirst(4)
        let parts = jwt.split(separator: ".")
        try #require(parts.count == 3)
        #expect(Self.decode(parts[0]) == Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
        let claims = try JSONDecoder().decode(Claims.self, from: try #require(Self.decode(parts[1])))
        #expect(
            claims
                == Claims(
                    bucket: "media", scope: "object-read-write", actions: ["PutObject", "GetObject"],
                    paths: .init(prefixPaths: ["uploads/42/"], objectPaths: ["shared/ü.json"]), sub: Fixture.account,
                    iss: "AKID", aud: "\(Fixture.account).eu.r2.cloudflarestorage.com", iat: 1_767_323_045,
                    exp: 1_767_323_945))
        let code = HMAC<SHA256>.authenticationCode(
            for: Data("\(parts[0]).\(parts[1])".utf8), using: SymmetricKey(data: Data(Fixture.secret.utf8)))
        #expect(Self.decode(parts[2]) == Data(code))
        let secret = SHA256.hash(data: Data(jwt.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(exposed.secretAccessKey == secret)
        #expect(exposed.accessKeyId == "AKID")
        #expect(exposed.expiration == session.expiresAt)
        #expect(session.expiresAt == Fixture.instant.addingTimeInterval(900))
    }

    @Test func `allow the whole bucket without paths`() throws {
        let session = try TemporaryCredentials(
            for: Fixture.config(), scope: TemporaryCredentials.Scope(actions: [.headObject]), lifetime: .seconds(1),
            at: Fixture.instant)
        let token = try #require(Data(base64Encoded: session.exposed.sessionToken))
        let payload = try #require(String(decoding: token, as: UTF8.self).split(separator: ".").dropFirst().first)
        let claims = try JSONDecoder().decode(Claims.self, from: try #require(Self.decode(payload)))
        #expect(claims.paths == nil && claims.scope == nil && claims.actions == ["HeadObject"])
    }

    @Test func `presign like any others, and no URL outlives them`() throws {
        let session = try TemporaryCredentials(
            for: Fixture.config(), scope: TemporaryCredentials.Scope(permission: .objectReadOnly),
            lifetime: .seconds(600),
            at: Fixture.instant)
        let presigner = R2Presigner(session.config)
        let key = try ObjectKey("k")
        let request = try presigner.presignPlayback(of: key, expiresIn: .seconds(600), at: Fixture.instant)
        #expect(request.parameter("X-Amz-Security-Token") != nil)
        #expect(request.expiresAt == session.expiresAt)
        let error = #expect(throws: R2ValidationError.self) {
            try presigner.presignPlayback(of: key, at: Fixture.instant)
        }
        #expect(error?.code == .outlivesCredentials)
    }

    @Test func `aren't created if R2 would reject them`() throws {
        let config = try Fixture.config()
        let other = try R2Config(
            endpoint: R2Endpoint("http://localhost:9000"),
            credentials: R2Credentials(accessKeyID: "a", secretAccessKey: "b"), bucket: BucketName("media"))
        let temporary = try Fixture.config(sessionToken: Fixture.token)
        let good = TemporaryCredentials.Scope(permission: .objectReadOnly)
        let refused: [(R2ValidationError.Code, R2Config, TemporaryCredentials.Scope, Duration)] = [
            (.invalidTemporaryCredentials, config, TemporaryCredentials.Scope(), .seconds(60)),
            (
                .invalidTemporaryCredentials, config,
                TemporaryCredentials.Scope(permission: .objectReadOnly, prefixes: [""]), .seconds(60)
            ),
            (
                .invalidTemporaryCredentials, config,
                TemporaryCredentials.Scope(permission: .objectReadOnly, prefixes: ["a\n"]),
                .seconds(60)
            ),
            (.invalidTemporaryCredentials, other, good, .seconds(60)),
            (.invalidTemporaryCredentials, temporary, good, .seconds(60)),
            (.invalidLifetime, config, good, .seconds(0)), (.invalidLifetime, config, good, .seconds(604_801)),
            (.invalidLifetime, config, good, .milliseconds(1500)),
        ]
        for (code, parent, request, lifetime) in refused {
            let error = #expect(throws: R2ValidationError.self) {
                try TemporaryCredentials(for: parent, scope: request, lifetime: lifetime, at: Fixture.instant)
            }
            #expect(error?.code == code)
            #expect(!Fixture.everythingPrinted(of: error as Any).contains(Fixture.secret))
        }
        let account = try AccountID(Fixture.account)
        #expect(throws: Never.self) {
            try TemporaryCredentials(for: other, accountID: account, scope: good, lifetime: .seconds(60))
        }
    }

    @Test func `show their secrets only if they are encoded`() throws {
        let session = try TemporaryCredentials(
            for: Fixture.config(), scope: TemporaryCredentials.Scope(permission: .objectReadOnly),
            lifetime: .seconds(60))
        let exposed = session.exposed
        for value in [session, session.credentials, exposed] as [Any] {
            let printed = Fixture.everythingPrinted(of: value)
            for hidden in [exposed.secretAccessKey, exposed.sessionToken, Fixture.secret] {
                #expect(!printed.contains(hidden))
            }
        }
        #expect(!((session as Any) is any Encodable))
        let json = String(decoding: try JSONEncoder().encode(exposed), as: UTF8.self)
        #expect(json.contains(exposed.secretAccessKey))
        for name in ["accessKeyId", "secretAccessKey", "sessionToken", "expiration"] { #expect(json.contains(name)) }
    }
}
