#if Delivery
internal import Crypto
internal import R2KitSupport
internal import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A signer of playlist tokens, with HMAC-SHA256.
///
/// A token is base64url text without padding: the token's fields, then the code. It's the same text for the same
/// fields, so that a player recognizes a file in two playlists.
public struct PlaylistTokenSigner: Sendable {
    private let keys: [SymmetricKey]

    /// The minimum length of a secret, in bytes.
    public static let minimumSecretLength = 32
    private static let codeLength = 32
    /// More than the longest token has.
    private static let maximumLength = 2048
    /// Hashed before the fields, so that a secret that signs something else too can't be confused.
    private static let domain = Array("r2kit playlist token\0".utf8)

    /// Creates a signer.
    /// - Parameters:
    ///   - secret: At least 32 random bytes that only your app's servers know.
    ///   - previousSecrets: Secrets whose tokens are still accepted, to change the secret without interruption.
    /// - Throws: A ``VideoDeliveryError`` with the code `invalidConfiguration` if a secret is too short.
    public init(secret: [UInt8], previousSecrets: [[UInt8]] = []) throws(VideoDeliveryError) {
        let secrets = [secret] + previousSecrets
        guard secrets.allSatisfy({ $0.count >= Self.minimumSecretLength }) else {
            throw VideoDeliveryError(
                .invalidConfiguration,
                "The secret of playlist tokens is too short: expected at least \(Self.minimumSecretLength) random bytes."
            )
        }
        keys = secrets.map { SymmetricKey(data: $0) }
    }

    /// Returns the text of a token.
    /// - Parameter token: The token.
    /// - Returns: Letters, digits, `-` and `_`.
    /// - Throws: A ``VideoDeliveryError`` with the code `invalidToken` if a field is too long, or the date is before
    ///   1970.
    public func sign(_ token: PlaylistToken) throws(VideoDeliveryError) -> String {
        // There is at least one key: see the initializer.
        guard let payload = token.payload, let key = keys.first else {
            throw VideoDeliveryError(
                .invalidToken,
                "Invalid token: expected a viewer of at most 255 bytes, a path of 1 to 1,024 bytes and a date after 1970.",
                video: token.video)
        }
        let code = HMAC<SHA256>.authenticationCode(for: Self.domain + payload, using: key)
        return Base64URL.encode(payload + code)
    }

    /// Returns the token of a text, if it's genuine and valid.
    ///
    /// The comparison takes the same time wherever a wrong code differs.
    /// - Parameters:
    ///   - text: The text, as in the URL.
    ///   - purpose: The kind of route that received it.
    ///   - date: The current date.
    /// - Returns: The token.
    /// - Throws: A ``VideoDeliveryError`` with the code `invalidToken` or `expiredToken`.
    public func verify(
        _ text: String, for purpose: PlaylistToken.Purpose, at date: Date = Date()
    ) throws(VideoDeliveryError) -> PlaylistToken {
        guard text.utf8.count <= Self.maximumLength, let bytes = Base64URL.decode(text.utf8),
            bytes.count > Self.codeLength
        else { throw Self.invalid }
        let (payload, code) = (bytes.dropLast(Self.codeLength), bytes.suffix(Self.codeLength))
        let signed = Self.domain + payload
        var isGenuine = false
        for key in keys {
            let matches = HMAC<SHA256>.isValidAuthenticationCode(Array(code), authenticating: signed, using: key)
            isGenuine = isGenuine || matches
        }
        guard isGenuine, let token = PlaylistToken(payload: payload), token.purpose == purpose else {
            throw Self.invalid
        }
        guard token.expiresAt > date else {
            throw VideoDeliveryError(
                .expiredToken, "The playlist token has expired: request the playback again.", video: token.video)
        }
        return token
    }

    private static var invalid: VideoDeliveryError {
        VideoDeliveryError(.invalidToken, "The playlist token isn't valid: use the URL as it was issued.")
    }
}

extension PlaylistTokenSigner: CustomStringConvertible, CustomReflectable {
    /// The type's name, without the secret.
    public var description: String { "PlaylistTokenSigner" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
#endif
