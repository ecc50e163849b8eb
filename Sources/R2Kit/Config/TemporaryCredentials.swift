internal import Crypto
internal import R2KitSupport
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Temporary credentials for one bucket, created without a call to Cloudflare.
///
/// Give a browser or worker its own credentials, limited to one video's prefix for an hour. Or presign with them: a URL
/// never outlives them.
///
/// ```swift
/// let scope = TemporaryCredentials.Scope(permission: .objectReadWrite, prefixes: ["uploads/42/"])
/// let temporary = try TemporaryCredentials(for: config, scope: scope, lifetime: .seconds(3600))
/// let presigner = R2Presigner(temporary.config)
/// ```
///
/// They never allow more than the access key that created them, and end with it. Source: R2 "Temporary credentials",
/// local signing.
public struct TemporaryCredentials: Sendable {
    /// The parent's configuration with these credentials.
    public let config: R2Config
    /// The date at which the credentials expire.
    public let expiresAt: Date

    /// The access key ID, secret access key and session token.
    public var credentials: R2Credentials { config.credentials }

    /// Creates credentials.
    /// - Parameters:
    ///   - parent: The account, bucket and access key. The key must be an API token's, not itself a temporary one.
    ///   - scope: The operations and keys that the credentials allow.
    ///   - lifetime: How long the credentials are valid: whole seconds from 1 to 604,800.
    ///   - date: The date from which the credentials are valid.
    /// - Throws: ``R2ValidationError`` with the code `invalidTemporaryCredentials` if the scope allows nothing, the
    ///   parent is itself temporary, or the endpoint isn't R2's. With the code `invalidLifetime` or `invalidTime` if
    ///   the lifetime or the date is out of range.
    public init(
        for parent: R2Config, scope: Scope, lifetime: Duration, at date: Date = Date()
    ) throws(R2ValidationError) {
        guard let accountID = parent.endpoint.accountID else {
            throw R2ValidationError(
                .invalidTemporaryCredentials,
                "Invalid endpoint for temporary credentials: they name the account, which only R2's own endpoint has. "
                    + "For an emulator of R2, give the account ID.")
        }
        try self.init(for: parent, accountID: accountID, scope: scope, lifetime: lifetime, at: date)
    }

    /// Creates credentials for an account that the endpoint doesn't name, such as that of an emulator of R2.
    /// - Parameters:
    ///   - parent: The bucket and access key. The key must be an API token's, not itself a temporary one.
    ///   - accountID: The account.
    ///   - scope: The operations and keys that the credentials allow.
    ///   - lifetime: How long the credentials are valid: whole seconds from 1 to 604,800.
    ///   - date: The date from which the credentials are valid.
    /// - Throws: ``R2ValidationError`` with the code `invalidTemporaryCredentials` if the scope allows nothing, or the
    ///   parent is itself temporary. With the code `invalidLifetime` or `invalidTime` if the lifetime or the date is
    ///   out of range.
    public init(
        for parent: R2Config, accountID: AccountID, scope: Scope, lifetime: Duration, at date: Date = Date()
    ) throws(R2ValidationError) {
        guard !parent.credentials.isTemporary else {
            throw R2ValidationError(
                .invalidTemporaryCredentials,
                "Invalid parent of temporary credentials: it's already a temporary key. Use an API token's access key.")
        }
        try scope.check()
        let seconds = try URLLifetime.seconds(lifetime, of: "temporary credentials")
        let issuedAt = try SigningDate.seconds(of: date, "temporary credentials")
        _ = try SigningDate.seconds(of: date + Double(seconds), "the end of temporary credentials")
        let claims = SessionToken.Claims(
            parent: parent, accountID: accountID, scope: scope, issuedAt: issuedAt,
            expiresAt: issuedAt + Int64(seconds))
        let jwt = try claims.signed(with: parent.credentials.signing.secretAccessKey.exposed)
        expiresAt = Date(timeIntervalSince1970: Double(claims.exp))
        let credentials = try R2Credentials(
            accessKeyID: parent.credentials.accessKeyID,
            secretAccessKey: Hexadecimal.encode(SHA256.hash(data: Data(jwt.utf8))),
            sessionToken: SessionToken.make(jwt: jwt), expiresAt: expiresAt)
        config = R2Config(parent, credentials: credentials)
    }

    /// The secrets in plain text, to be encoded and sent to the one client that they are for.
    public var exposed: Exposed {
        Exposed(
            accessKeyId: credentials.accessKeyID, secretAccessKey: credentials.signing.secretAccessKey.exposed,
            sessionToken: credentials.signing.sessionToken?.exposed ?? "", expiration: expiresAt)
    }

    /// Credentials in plain text, with the property names that JavaScript SDKs expect.
    ///
    /// Printing shows none of the secrets. Encoding shows them all, which is its purpose.
    public struct Exposed: Sendable, Encodable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
    {
        /// The access key ID.
        public let accessKeyId: String
        /// The secret access key.
        public let secretAccessKey: String
        /// The session token.
        public let sessionToken: String
        /// The date at which the credentials expire, encoded in ISO 8601.
        public let expiration: Date

        private enum CodingKeys: String, CodingKey {
            case accessKeyId, secretAccessKey, sessionToken, expiration
        }

        /// Encodes all four, the date in ISO 8601 regardless of the encoder's date strategy.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(accessKeyId, forKey: .accessKeyId)
            try container.encode(secretAccessKey, forKey: .secretAccessKey)
            try container.encode(sessionToken, forKey: .sessionToken)
            try container.encode(expiration.formatted(.iso8601), forKey: .expiration)
        }

        /// The access key ID alone.
        public var description: String { "TemporaryCredentials.Exposed(accessKeyId: \(accessKeyId), <secret>)" }
        /// The same as the description.
        public var debugDescription: String { description }
        /// A mirror without children.
        public var customMirror: Mirror { Mirror(self, children: [:]) }
    }
}

extension TemporaryCredentials: CustomStringConvertible {
    /// The credentials without their secrets.
    public var description: String { "TemporaryCredentials(\(credentials))" }
}
