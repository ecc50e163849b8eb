internal import Crypto
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// R2's session tokens: the Base64 form of `jwt/` and a JSON Web Token.
enum SessionToken {
    private struct Expiry: Decodable { var exp: Double? }

    static func make(jwt: String) -> String { Data("jwt/\(jwt)".utf8).base64EncodedString() }

    /// Returns the expiry that a token states.
    ///
    /// `nil` for any other form of token.
    static func expiry(of token: String) -> Date? {
        guard let data = Data(base64Encoded: token), data.starts(with: Data("jwt/".utf8)) else { return nil }
        let parts = data.dropFirst(4).split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64URL.decode(parts[1]) else { return nil }
        let claims = try? JSONDecoder().decode(Expiry.self, from: Data(payload))
        return claims?.exp.map { Date(timeIntervalSince1970: $0.rounded(.down)) }
    }
}

extension SessionToken {
    /// The claims of the JSON Web Token.
    ///
    /// The properties have the claims' names.
    struct Claims: Encodable {
        struct Paths: Encodable {
            let prefixPaths: [String]
            let objectPaths: [String]
        }

        let bucket: String
        let scope: String?
        let actions: [String]?
        let paths: Paths?
        let sub: String
        let iss: String
        let aud: String
        let iat: Int64
        let exp: Int64
    }
}

extension SessionToken.Claims {
    init(
        parent: R2Config, accountID: AccountID, scope: TemporaryCredentials.Scope, issuedAt: Int64, expiresAt: Int64
    ) {
        bucket = parent.bucket.rawValue
        self.scope = scope.permission?.rawValue
        actions = scope.actions.isEmpty ? nil : scope.actions.map(\.rawValue)
        let isWholeBucket = scope.prefixes.isEmpty && scope.objects.isEmpty
        paths =
            isWholeBucket
            ? nil
            : Paths(prefixPaths: scope.prefixes.map(Normalization.nfc), objectPaths: scope.objects.map(\.rawValue))
        sub = accountID.rawValue
        iss = parent.credentials.accessKeyID
        aud = parent.endpoint.authority
        iat = issuedAt
        exp = expiresAt
    }

    /// Returns the token, signed with HS256.
    ///
    /// The key is the secret's characters, not the bytes that they are the hexadecimal form of.
    func signed(with secret: String) throws(R2ValidationError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let payload = try? encoder.encode(self) else {
            throw R2ValidationError(
                .invalidTemporaryCredentials, "Invalid scope: its claims can't be written as JSON.")
        }
        let header = Base64URL.encode(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let signed = "\(header).\(Base64URL.encode(payload))"
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "\(signed).\(Base64URL.encode(code))"
    }
}
