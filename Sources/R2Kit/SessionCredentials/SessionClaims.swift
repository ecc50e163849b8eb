internal import Crypto

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The JSON Web Token that R2 reads from a session token.
struct SessionClaims: Encodable {
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

    init(parent: R2Config, accountID: AccountID, request: SessionRequest, issuedAt: Int64, expiresAt: Int64) {
        bucket = parent.bucket.rawValue
        scope = request.permission?.rawValue
        actions = request.actions.isEmpty ? nil : request.actions.map(\.rawValue)
        let isWholeBucket = request.prefixes.isEmpty && request.objects.isEmpty
        paths =
            isWholeBucket
            ? nil
            : Paths(
                prefixPaths: request.prefixes.map(ObjectKey.composed), objectPaths: request.objects.map(\.rawValue))
        sub = accountID.rawValue
        iss = parent.credentials.accessKeyID
        aud = parent.endpoint.authority
        iat = issuedAt
        exp = expiresAt
    }

    /// The token, signed with HS256 under the secret's characters as they are, not the bytes that they are hexadecimal
    /// for.
    func signed(with secret: String) throws(R2KitError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let payload = try? encoder.encode(self) else {
            throw R2KitError(.invalidSessionRequest, "the session's claims cannot be written as JSON")
        }
        let header = Data(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let signed = "\(header.base64URL).\(payload.base64URL)"
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return "\(signed).\(Data(code).base64URL)"
    }
}
