internal import Crypto
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Temporary credentials for one bucket, minted without a call to Cloudflare.
///
/// Give a browser or worker its own, limited to one video's prefix for an hour, or presign with them: a URL never
/// outlives them.
///
/// ```swift
/// let session = try SessionCredentials(
///     for: config, .init(permission: .objectReadWrite, prefixes: ["uploads/42/"]), expiresIn: .seconds(3600))
/// let presigner = R2Presigner(session.config)
/// ```
///
/// They never allow more than the access key that minted them, and end with it. Source: R2 "Temporary credentials",
/// local signing.
public struct SessionCredentials: Sendable {
    /// The configuration that they came from, with these credentials in place of the parent's.
    public let config: R2Config
    /// When they end.
    public let expiresAt: Date

    /// The access key id, secret and session token.
    public var credentials: R2Credentials { config.credentials }

    /// Mints credentials.
    /// - Parameters:
    ///   - parent: The account, bucket and access key. The key must be an API token's, not itself a temporary one.
    ///   - request: What they are good for.
    ///   - lifetime: How long, in whole seconds, from 1 to 604,800.
    ///   - instant: From when.
    /// - Throws: ``R2KitError`` with the code `invalidSessionRequest` if the request allows nothing, the parent is
    ///   itself temporary, or the endpoint is not R2's; `invalidLifetime` for a lifetime outside its range.
    public init(
        for parent: R2Config, _ request: SessionRequest, expiresIn lifetime: Duration, at instant: Date = Date()
    ) throws(R2KitError) {
        guard let accountID = parent.endpoint.accountID else {
            throw R2KitError(
                .invalidSessionRequest,
                "session credentials are minted for R2's own endpoint, whose account they name; "
                    + "other servers do not know them")
        }
        try self.init(for: parent, accountID: accountID, request, expiresIn: lifetime, at: instant)
    }

    /// Mints credentials for an account that the endpoint does not name, such as behind an emulator of R2.
    /// - Parameters:
    ///   - parent: The bucket and access key. The key must be an API token's, not itself a temporary one.
    ///   - accountID: The account.
    ///   - request: What they are good for.
    ///   - lifetime: How long, in whole seconds, from 1 to 604,800.
    ///   - instant: From when.
    /// - Throws: ``R2KitError`` as ``init(for:_:expiresIn:at:)`` does.
    public init(
        for parent: R2Config, accountID: AccountID, _ request: SessionRequest, expiresIn lifetime: Duration,
        at instant: Date = Date()
    ) throws(R2KitError) {
        guard !parent.credentials.isTemporary else {
            throw R2KitError(
                .invalidSessionRequest,
                "session credentials are minted from an API token's key, not from temporary ones")
        }
        try request.check()
        guard let seconds = try? URLLifetime(lifetime).seconds else {
            throw R2KitError(
                .invalidLifetime, "session credentials live a whole number of seconds, from 1 to 604800 (seven days)")
        }
        let now = instant.timeIntervalSince1970.rounded(.down)
        guard (0...253_402_300_799 - Double(seconds)).contains(now) else {
            throw R2KitError(.invalidTime, "the instant of minting must lie in the years 1970 to 9999")
        }
        let issuedAt = Int64(now)
        let claims = SessionClaims(
            parent: parent, accountID: accountID, request: request, issuedAt: issuedAt,
            expiresAt: issuedAt + Int64(seconds))
        let jwt = try claims.signed(with: parent.credentials.signing.secretAccessKey.exposed)
        let secret = SHA256.hash(data: Data(jwt.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        expiresAt = Date(timeIntervalSince1970: Double(claims.exp))
        let credentials = try R2Credentials(
            accessKeyID: parent.credentials.accessKeyID, secretAccessKey: secret.joined(),
            sessionToken: SessionToken.make(jwt: jwt), expiresAt: expiresAt)
        config = R2Config(parent, credentials: credentials)
    }

    /// The secrets in the open, to be encoded and handed to the one client that they are for.
    public var exposed: Exposed {
        Exposed(
            accessKeyId: credentials.accessKeyID, secretAccessKey: credentials.signing.secretAccessKey.exposed,
            sessionToken: credentials.signing.sessionToken?.exposed ?? "", expiration: expiresAt)
    }

    /// Credentials in the open, with the property names that JavaScript SDKs want.
    ///
    /// Printing shows none of the secrets; encoding shows them all, which is its purpose.
    public struct Exposed: Sendable, Encodable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
    {
        /// The access key id.
        public let accessKeyId: String
        /// The secret access key.
        public let secretAccessKey: String
        /// The session token.
        public let sessionToken: String
        /// When the credentials end; encoded in ISO 8601.
        public let expiration: Date

        private enum CodingKeys: String, CodingKey {
            case accessKeyId, secretAccessKey, sessionToken, expiration
        }

        /// Writes all four, the instant in ISO 8601 whatever the encoder's date strategy is.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(accessKeyId, forKey: .accessKeyId)
            try container.encode(secretAccessKey, forKey: .secretAccessKey)
            try container.encode(sessionToken, forKey: .sessionToken)
            try container.encode(expiration.formatted(.iso8601), forKey: .expiration)
        }

        /// The access key id alone.
        public var description: String { "SessionCredentials.Exposed(accessKeyId: \(accessKeyId), <secret>)" }
        /// The same as the description.
        public var debugDescription: String { description }
        /// A mirror without children.
        public var customMirror: Mirror { Mirror(self, children: [:]) }
    }
}

extension SessionCredentials: CustomStringConvertible {
    /// The credentials without their secrets.
    public var description: String { "SessionCredentials(\(credentials))" }
}

extension R2Config {
    /// The same configuration with other credentials.
    init(_ config: R2Config, credentials: R2Credentials) {
        endpoint = config.endpoint
        self.credentials = credentials
        bucket = config.bucket
        region = config.region
        addressingStyle = config.addressingStyle
        uploadURLLifetime = config.uploadURLLifetime
        playbackURLLifetime = config.playbackURLLifetime
    }
}
