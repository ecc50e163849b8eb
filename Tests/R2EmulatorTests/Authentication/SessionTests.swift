#if Emulator
import Crypto
import Foundation
import HTTPTypes
import R2Kit
import R2KitSupport
import SigV4
import Testing

@testable import R2Emulator

@Suite("Temporary credentials")
struct SessionTests {
    private static let account = "00112233445566778899aabbccddeeff"

    private static func parent(_ host: String = Signed.host) throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint("http://\(host)"),
            credentials: R2Credentials(accessKeyID: Signed.id, secretAccessKey: Signed.secret),
            bucket: BucketName("media"))
    }

    private static func session(
        _ scope: TemporaryCredentials.Scope, lifetime: Duration = .seconds(3600), at date: Date = Signed.now,
        host: String = Signed.host
    ) throws -> TemporaryCredentials {
        try TemporaryCredentials(
            for: parent(host), accountID: AccountID(account), scope: scope, lifetime: lifetime, at: date)
    }

    private static func caller(
        _ scope: TemporaryCredentials.Scope, by authenticator: Authenticator = Signed.authenticator
    ) throws -> Caller {
        let config = try session(scope).config
        let url = try R2Presigner(config).presignPlayback(of: ObjectKey("a"), at: Signed.now)
        return try authenticator.authenticate(EmulatorRequest(url), at: Signed.now)
    }

    private static let all = TemporaryCredentials.Scope(permission: .objectReadWrite)

    @Test func `credentials made offline authenticate in both forms`() throws {
        let config = try Self.session(Self.all).config
        let url = try R2Presigner(config).presignUpload(to: ObjectKey("a b"), at: Signed.now)
        let caller = try Signed.authenticator.authenticate(EmulatorRequest(url), at: Signed.now)
        #expect(caller.grant?.bucket == "media")
        #expect(caller.accessKey.id == Signed.id)
        let signed = try R2RequestSigner(config).sign(
            R2OperationRequest(method: .get, key: ObjectKey("a")), at: Signed.now)
        let header = EmulatorRequest(signed.request)
        #expect(header.header("x-amz-security-token") != nil)
        #expect(Signed.refusal(of: header) == nil)
        #expect(Signed.refusal(of: header.with("x-amz-security-token", nil))?.code == "SignatureDoesNotMatch")
    }

    @Test func `credentials end with their lifetime`() throws {
        let config = try Self.session(Self.all, lifetime: .seconds(60)).config
        let signed = EmulatorRequest(
            try R2RequestSigner(config).sign(R2OperationRequest(method: .get, key: ObjectKey("a")), at: Signed.now)
                .request)
        #expect(Signed.refusal(of: signed, at: Signed.now.addingTimeInterval(59)) == nil)
        let refusal = try #require(Signed.refusal(of: signed, at: Signed.now.addingTimeInterval(60)))
        #expect((refusal.status, refusal.code) == (403, "ExpiredRequest"))
    }

    @Test func `credentials for another host or account don't work`() throws {
        let elsewhere = try Self.session(Self.all, host: "127.0.0.1:9001").exposed
        let signer = Signed.signer(secret: elsewhere.secretAccessKey, token: elsewhere.sessionToken)
        for request in [try Signed.header(signer: signer), try Signed.query(signer: signer)] {
            let refusal = try #require(Signed.refusal(of: request))
            #expect((refusal.status, refusal.message) == (400, "X-Amz-Security-Token"))
            #expect(refusal.explanation?.contains("is for the host 127.0.0.1:9001") == true)
        }

        let one = [AccessKey(id: Signed.id, secret: Secret(Signed.secret))]
        let other = Authenticator(keys: one, settings: .init(accountID: String(Self.account.reversed())))
        let same = Authenticator(keys: one, settings: .init(accountID: Self.account))
        _ = try Self.caller(Self.all, by: same)
        let denied = #expect(throws: Refusal.self) { try Self.caller(Self.all, by: other) }
        #expect((denied?.status, denied?.message) == (400, "X-Amz-Security-Token"))
    }

    /// A change of a token, which the client signs with the secret of the changed token, as anyone can.
    @Test(arguments: [
        ("another bucket", #""bucket":"media""#, #""bucket":"other""#),
        ("more", #""scope":"object-read-only""#, #""scope":"admin-read-write""#),
        ("longer", #""exp":1767326645"#, #""exp":1767336645"#),
        ("another issuer", #""iss":"0123"#, #""iss":"1123"#),
        ("no bucket", #""bucket":"media""#, #""bucket":null"#),
    ])
    func `a forged token is refused, even if the request is signed with its secret`(
        _ name: String, _ old: String, _ new: String
    ) throws {
        let token = try Self.session(.init(permission: .objectReadOnly)).exposed.sessionToken
        let jwt = String(decoding: try #require(Data(base64Encoded: token)).dropFirst(4), as: UTF8.self)
        var parts = jwt.split(separator: ".").map(String.init)
        let claims = String(decoding: try #require(Base64URL.decode(parts[1].utf8)), as: UTF8.self)
        let changed = claims.replacingOccurrences(of: old, with: new)
        try #require(changed != claims, "\(claims)")
        parts[1] = Base64URL.encode(changed.utf8)
        #expect(try Self.refusal(token: parts)?.message == "X-Amz-Security-Token")
        // Signed by the owner of the key, the same claims are what they say, unless they make no sense.
        let isValid = ["another bucket", "more", "longer"].contains(name)
        parts[2] = Self.code(of: parts, key: Signed.secret)
        #expect(try (Self.refusal(token: parts) == nil) == isValid)
        parts[2] = Self.code(of: parts, key: "another secret")
        #expect(try Self.refusal(token: parts)?.message == "X-Amz-Security-Token")
    }

    /// A header, and what follows the bucket, the account and the issuer in the claims.
    ///
    /// 1767323045 is the current time.
    @Test(arguments: [
        (#"{"alg":"none"}"#, #""scope":"object-read-only","aud":"HOST","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS512"}"#, #""scope":"object-read-only","aud":"HOST","iat":1767323045,"exp":1767323046"#),
        (#"[]"#, #""scope":"object-read-only","aud":"HOST","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","aud":"HOST","iat":1767323045"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","aud":"","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","aud":"x.HOST","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""aud":"HOST","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""scope":"owner","aud":"HOST","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""actions":[],"aud":"HOST","iat":1767323045,"exp":1767323046"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","aud":"HOST","iat":1767323045,"exp":1767927846"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","aud":"HOST","iat":1767323946,"exp":1767323947"#),
        (#"{"alg":"HS256"}"#, #""scope":"object-read-only","aud":"HOST","iat":1767323046,"exp":1767323046"#),
    ])
    func `a token that R2 can't mean is refused, even if its owner made it`(_ header: String, _ claims: String) throws {
        let all = #"{"bucket":"media","sub":"\#(Self.account)","iss":"\#(Signed.id)",\#(claims)}"#
        var parts = [header, all.replacingOccurrences(of: "HOST", with: Signed.host)].map { Base64URL.encode($0.utf8) }
        parts.append(Self.code(of: parts, key: Signed.secret))
        let refusal = try #require(try Self.refusal(token: parts))
        #expect((refusal.status, refusal.message) == (400, "X-Amz-Security-Token"))
    }

    @Test func `such a token works if nothing is wrong with it`() throws {
        for host in [Signed.host, "0.0.1:9000"] {
            let claims = """
                {"bucket":"media","scope":"object-read-only","actions":["GetObject"],"sub":"","iss":"\(Signed.id)",\
                "aud":"\(host)","iat":1767323945,"exp":1767927845,"more":{}}
                """
            var parts = [#"{"alg":"HS256"}"#, claims].map { Base64URL.encode($0.utf8) }
            parts.append(Self.code(of: parts, key: Signed.secret))
            #expect(try Self.refusal(token: parts) == nil, "a bucket's host is below the audience")
        }
    }

    private static func code(of parts: [String], key: String) -> String {
        Base64URL.encode(
            HMAC<SHA256>.authenticationCode(
                for: Data("\(parts[0]).\(parts[1])".utf8), using: SymmetricKey(data: Data(key.utf8))))
    }

    private static func refusal(token parts: [String]) throws -> Refusal? {
        let jwt = parts.joined(separator: ".")
        let signer = Signed.signer(
            secret: Hexadecimal.encode(SHA256.hash(data: Data(jwt.utf8))),
            token: Data("jwt/\(jwt)".utf8).base64EncodedString())
        return Signed.refusal(of: try Signed.header(signer: signer))
    }

    // MARK: What they allow

    @Test func `a permission limits the operations, and the bucket is the only one`() throws {
        let reader = try Self.caller(.init(permission: .objectReadOnly))
        #expect(reader.allows(.getObject, bucket: "media", key: "a"))
        #expect(reader.allows(.listObjectsV2, bucket: "media"))
        #expect(!reader.allows(.putObject, bucket: "media", key: "a"))
        #expect(!reader.allows(.getBucketSettings, bucket: "media"))
        #expect(!reader.allows(.getObject, bucket: "other", key: "a"))
        #expect(!reader.allows(.listBuckets, bucket: nil))
        let admin = try Self.caller(.init(permission: .adminReadWrite))
        #expect(admin.allows(.putBucketSettings, bucket: "media"))
        #expect(!admin.allows(.listBuckets, bucket: nil))
    }

    @Test func `actions allow exactly what they list, within a permission`() throws {
        let caller = try Self.caller(.init(actions: [.getObject, .uploadPart]))
        let allowed = R2Action.allCases.filter { caller.allows($0, bucket: "media", key: "a") }
        #expect(allowed == [.getObject, .uploadPart])
        let both = try Self.caller(.init(permission: .objectReadOnly, actions: [.getObject, .putObject]))
        #expect(R2Action.allCases.filter { both.allows($0, bucket: "media", key: "a") } == [.getObject])
    }

    @Test func `every action of R2Kit's is one of the emulator's`() {
        let actions: [TemporaryCredentials.Action] = [
            .headObject, .getObject, .getBucketLocation, .listObjectsV1, .listObjectsV2, .listMultipartUploads,
            .listParts, .putObject, .deleteObject, .deleteObjects, .copyObject, .createMultipartUpload, .uploadPart,
            .uploadPartCopy, .abortMultipartUpload, .completeMultipartUpload,
        ]
        #expect(actions.allSatisfy { R2Action(rawValue: $0.rawValue) != nil })
    }

    @Test func `paths limit the keys, in composed form`() throws {
        let caller = try Self.caller(
            .init(
                permission: .objectReadWrite, prefixes: ["videos/1/", "cafe\u{301}/"], objects: [ObjectKey("shared")]))
        for key in ["videos/1/", "videos/1/a", "shared", "caf\u{e9}/a", "cafe\u{301}/a"] {
            #expect(caller.allows(.putObject, bucket: "media", key: key), "\(key)")
            #expect(caller.allows(.listObjectsV2, bucket: "media", key: key), "\(key)")
        }
        for key in ["videos/1", "videos/10/a", "videos/2/a", "shared/a", "share", "", "Videos/1/a", "cafe/a"] {
            #expect(!caller.allows(.putObject, bucket: "media", key: key), "\(key)")
            #expect(!caller.allows(.listObjectsV2, bucket: "media", key: key), "\(key)")
        }
        #expect(!caller.allows(.listObjectsV2, bucket: "media"), "a listing of all keys")
        #expect(!caller.allows(.copyObject, bucket: "other", key: "videos/1/a"), "a source in another bucket")
    }

    @Test func `credentials never allow more than their parent`() throws {
        let reader = AccessKey(id: Signed.id, secret: Secret(Signed.secret), permission: .objectReadOnly)
        let limited = AccessKey(id: Signed.id, secret: Secret(Signed.secret), buckets: ["other"])
        let child = try Self.caller(.init(permission: .adminReadWrite), by: Authenticator(keys: [reader]))
        #expect(child.allows(.getObject, bucket: "media", key: "a"))
        #expect(!child.allows(.putObject, bucket: "media", key: "a"))
        let stranger = try Self.caller(.init(permission: .adminReadWrite), by: Authenticator(keys: [limited]))
        #expect(!stranger.allows(.getObject, bucket: "media", key: "a"))
    }
}
#endif
