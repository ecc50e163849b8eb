#if Emulator
import Crypto
internal import R2KitSupport
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The session token of temporary credentials: the Base64 form of `jwt/` and a JSON Web Token.
///
/// Source: R2 "Temporary credentials", local signing.
struct SessionToken: Sendable {
    private let jwt: String

    /// Reads a token, or returns `nil` for any other form, such as a token of AWS.
    init?(_ text: String) {
        guard let data = Data(base64Encoded: text), data.starts(with: "jwt/".utf8),
            let jwt = String(validating: data.dropFirst(4), as: UTF8.self)
        else { return nil }
        self.jwt = jwt
    }

    /// The secret access key that belongs to the token.
    ///
    /// It follows from the token alone, so that a signature with it proves nothing until the token has been checked.
    var secret: Secret { Secret(Hexadecimal.encode(SHA256.hash(data: Data(jwt.utf8)))) }

    /// Checks a token.
    /// - Parameters:
    ///   - parent: The access key that the token claims to be made with.
    ///   - host: The `host` of the request.
    ///   - accountID: The account of the emulator, or `nil` to accept every account.
    ///   - now: The current date.
    /// - Returns: What the token grants.
    /// - Throws: A ``Refusal``. Only its code and message for a token that isn't one of R2's are known. Unsettled: the
    ///   same refusal for each of the other reasons, the one of an expired token, and the tolerance of 15 minutes for a
    ///   token from the future.
    func grant(
        from parent: AccessKey, host: String, accountID: String?, at now: Date
    ) throws(Refusal) -> SessionGrant {
        let parts = jwt.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.decode(Header.self, parts[0]), header.alg == "HS256" else {
            throw .invalidSessionToken("The session token isn't a JSON Web Token with the algorithm HS256.")
        }
        // The key is the secret's characters, not the bytes that they are the hexadecimal form of.
        let signed = Data(jwt.utf8.prefix(parts[0].count + 1 + parts[1].count))
        guard let code = Base64URL.decode(parts[2]),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: signed, using: SymmetricKey(data: Data(parent.secret.exposed.utf8)))
        else {
            throw .invalidSessionToken("The session token isn't signed with the secret of its access key.")
        }
        guard let claims = Self.decode(Claims.self, parts[1]) else {
            throw .invalidSessionToken(
                "The session token lacks a claim: bucket, sub, iss, aud, iat and exp are required.")
        }
        guard claims.iss == parent.id else {
            throw .invalidSessionToken("The session token was issued by another access key than it's used with.")
        }
        guard accountID == nil || claims.sub == accountID else {
            throw .invalidSessionToken("The session token is for the account \(claims.sub).")
        }
        guard Self.isHost(claims.aud, of: host) else {
            throw .invalidSessionToken("The session token is for the host \(claims.aud), but the request has \(host).")
        }
        let lifetime = claims.exp - claims.iat
        guard lifetime > 0, lifetime <= 604_800, claims.iat <= now.timeIntervalSince1970 + 900 else {
            throw .invalidSessionToken("The session token must be valid for 1 to 604800 seconds, from now or earlier.")
        }
        guard now.timeIntervalSince1970 < claims.exp else {
            var refusal = Refusal.expired
            refusal.explanation = "The session token has expired."
            throw refusal
        }
        return try claims.grant()
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ part: Substring.UTF8View) -> Value? {
        Base64URL.decode(part).flatMap { try? JSONDecoder().decode(type, from: Data($0)) }
    }

    /// Returns whether a host is the audience, or a bucket's host below it.
    private static func isHost(_ audience: String, of host: String) -> Bool {
        let (audience, host) = (audience.lowercased(), host.lowercased())
        return host == audience || !audience.isEmpty && host.hasSuffix(".\(audience)")
    }
}

extension SessionToken {
    private struct Header: Decodable { let alg: String }

    /// The claims by their names.
    private struct Claims: Decodable {
        struct Paths: Decodable {
            let prefixPaths: [String]?
            let objectPaths: [String]?
        }

        let bucket: String
        let scope: String?
        let actions: [String]?
        let paths: Paths?
        let sub: String
        let iss: String
        let aud: String
        let iat: Double
        let exp: Double

        func grant() throws(Refusal) -> SessionGrant {
            let permission = scope.map(AccessKey.Permission.init(rawValue:))
            guard permission != .some(.none), scope != nil || actions?.isEmpty == false else {
                throw .invalidSessionToken("The session token needs a known scope, or at least one action.")
            }
            return SessionGrant(
                bucket: bucket, permission: permission ?? nil,
                actions: actions.flatMap { $0.isEmpty ? nil : Set($0) },
                prefixes: (paths?.prefixPaths ?? []).map(Normalization.nfc),
                objects: (paths?.objectPaths ?? []).map(Normalization.nfc))
        }
    }
}
#endif
