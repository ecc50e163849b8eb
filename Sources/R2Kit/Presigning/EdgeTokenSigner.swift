internal import Crypto
internal import R2KitSupport
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A signer of URLs on a custom domain, for Cloudflare's token authentication.
///
/// Presigned URLs don't work on custom domains. There, a WAF rule with `is_timed_hmac_valid_v0` checks a token in the
/// URL before the cache, so that playback is both protected and cached (with a cache rule that ignores the token in the
/// cache key). A token for a directory covers a whole HLS or DASH stream.
///
/// ```swift
/// let signer = try EdgeTokenSigner(secret: secret)
/// let url = try signer.url("https://media.example.com", path: "/videos/42/master.m3u8")
/// ```
///
/// The token contains the date of its *issue*. The rule says how long it's valid from then on. `Docs/edge-tokens.md`
/// has the rules. Source: Cloudflare WAF "Configure token authentication", and "HMAC validation functions".
public struct EdgeTokenSigner: Sendable {
    /// An encoding of a token's authentication code.
    public enum Encoding: Sendable, Hashable {
        /// Base64, percent-encoded, which the rule expects without a flag.
        case standard
        /// Base64 with `-` and `_`, without padding, for a rule with the flag `s`. It's shorter and needs no
        /// percent-encoding.
        case urlSafe
    }

    private let key: SymmetricKey
    /// The encoding of the authentication code.
    public let encoding: Encoding
    /// The name of the query parameter that contains the token.
    public let parameter: String

    /// Creates a signer with the rule's secret.
    /// - Parameters:
    ///   - secret: The secret, as it's in the rule. Its UTF-8 bytes are the key.
    ///   - encoding: The encoding of the authentication code, which the rule must match.
    ///   - parameter: The query parameter's name, in letters, digits, `-`, `.`, `_` and `~`. The rule's separator
    ///     length must match, such as 8 for `?verify=`.
    /// - Throws: ``R2ValidationError`` with the code `invalidEdgeToken` if the secret is empty, or the name isn't
    ///   valid.
    public init(
        secret: String, encoding: Encoding = .standard, parameter: String = "verify"
    ) throws(R2ValidationError) {
        guard !secret.isEmpty else {
            throw R2ValidationError(.invalidEdgeToken, "Invalid secret of edge tokens: it's empty.")
        }
        guard !parameter.isEmpty, PercentEncoding.encode(parameter) == parameter else {
            throw R2ValidationError(
                .invalidEdgeToken,
                "Invalid parameter of edge tokens: expected a name of letters, digits, '-', '.', '_' and '~'.")
        }
        key = SymmetricKey(data: Data(secret.utf8))
        self.encoding = encoding
        self.parameter = parameter
    }

    /// Returns a token: the date of issue, a hyphen and the authentication code.
    /// - Parameters:
    ///   - message: The string that the rule checks: the path as it's in the URL, percent-encoded, or its first part.
    ///   - date: The date of issue.
    /// - Returns: The token, percent-encoded where its encoding needs it.
    /// - Throws: ``R2ValidationError`` with the code `invalidTime` if the date doesn't have ten digits of seconds.
    public func token(for message: String, at date: Date = Date()) throws(R2ValidationError) -> String {
        let timestamp = try Self.timestamp(date)
        let code = HMAC<SHA256>.authenticationCode(for: Self.signed(message, timestamp), using: key)
        switch encoding {
        case .standard: return "\(timestamp)-\(PercentEncoding.encode(Data(code).base64EncodedString()))"
        case .urlSafe: return "\(timestamp)-\(Base64URL.encode(code))"
        }
    }

    /// Returns a URL whose token covers its whole path.
    /// - Parameters:
    ///   - origin: The scheme and host of the custom domain, such as `https://media.example.com`.
    ///   - path: The path, not percent-encoded, starting with `/`. It's normalized to NFC, as keys are.
    ///   - date: The date of issue.
    /// - Returns: The URL, with the token as its only parameter.
    /// - Throws: ``R2ValidationError`` with the code `invalidEdgeToken` if clients would change the path,
    ///   `invalidEndpoint` or `customDomain` if the origin isn't valid, `invalidTime` if the date is out of range.
    public func url(_ origin: String, path: String, at date: Date = Date()) throws(R2ValidationError) -> String {
        try url(origin, path: path, message: try Self.encoded(path: path), at: date)
    }

    /// Returns a URL whose token covers the directory that contains it.
    ///
    /// The same token is valid for every other path in the directory: see ``token(for:at:)``.
    /// - Parameters:
    ///   - origin: The scheme and host of the custom domain, such as `https://media.example.com`.
    ///   - path: The path, not percent-encoded, starting with `/`.
    ///   - directory: The part of the path that the token covers, not percent-encoded, with `/` at both ends. The
    ///     rule's message is that number of bytes of the path, so that the length must be the same for all videos, as
    ///     it is with IDs as names.
    ///   - date: The date of issue.
    /// - Returns: The URL, with the token as its only parameter.
    /// - Throws: ``R2ValidationError`` with the code `invalidEdgeToken` if clients would change the path, or it isn't
    ///   in the directory. With the code `invalidEndpoint` or `customDomain` if the origin isn't valid, `invalidTime`
    ///   if the date is out of range.
    public func url(
        _ origin: String, path: String, directory: String, at date: Date = Date()
    ) throws(R2ValidationError) -> String {
        let (path, directory) = (Normalization.nfc(path), Normalization.nfc(directory))
        let slash = UInt8(ascii: "/")
        guard directory.utf8.count > 2, directory.utf8.first == slash, directory.utf8.last == slash,
            path.utf8.starts(with: directory.utf8)
        else {
            throw R2ValidationError(
                .invalidEdgeToken,
                "Invalid directory: expected a name between two '/', with which the path starts. "
                    + "'/' alone would cover everything.")
        }
        return try url(origin, path: path, message: PercentEncoding.encodePath(directory), at: date)
    }

    /// Returns whether a token is genuine and hasn't expired.
    ///
    /// The comparison takes the same time wherever a wrong code differs.
    /// - Parameters:
    ///   - token: The parameter's value, percent-encoded or not.
    ///   - message: The string that the token must cover: the path or its first part, percent-encoded.
    ///   - timeToLive: How long a token is valid, as in the rule.
    ///   - date: The current date.
    /// - Returns: `true` if the code is right, and less time than `timeToLive` has passed since the issue. A date of
    ///   issue in the future is accepted, because only someone who has the secret can have signed it.
    public func isValid(
        _ token: String, for message: String, timeToLive: Duration, at date: Date = Date()
    ) -> Bool {
        let parts = token.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 10, let code = decoded(parts[1]) else { return false }
        let timestamp = String(Substring(parts[0]))
        guard let issued = ASCII.wholeNumber(timestamp) else { return false }
        let isRight = HMAC<SHA256>.isValidAuthenticationCode(
            code, authenticating: Self.signed(message, timestamp), using: key)
        let age = date.timeIntervalSince1970 - Double(issued)
        return isRight && age < timeToLive / .seconds(1)
    }

    // MARK: Parts

    private func url(
        _ origin: String, path: String, message: String, at date: Date
    ) throws(R2ValidationError) -> String {
        let origin = try R2Endpoint.publicOrigin(origin)
        let encoded = try Self.encoded(path: path)
        return "\(origin)\(encoded)?\(parameter)=\(try token(for: message, at: date))"
    }

    /// Returns the bytes that the code covers: the message and the time right after it, without a separator.
    private static func signed(_ message: String, _ timestamp: String) -> Data { Data("\(message)\(timestamp)".utf8) }

    /// Returns the code's bytes.
    ///
    /// Other strings for the same bytes, which decoders accept, are rejected.
    private func decoded(_ code: Substring.UTF8View) -> [UInt8]? {
        switch encoding {
        case .urlSafe: return Base64URL.decode(code)
        case .standard:
            guard let text = PercentDecoding.decode(String(Substring(code))), let bytes = Data(base64Encoded: text),
                bytes.base64EncodedString() == text
            else { return nil }
            return Array(bytes)
        }
    }

    private static func timestamp(_ date: Date) throws(R2ValidationError) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        guard (1_000_000_000...9_999_999_999).contains(seconds) else {
            throw R2ValidationError(
                .invalidTime, "Invalid date of an edge token: expected ten digits of seconds (the years 2001 to 2286).")
        }
        return String(Int64(seconds))
    }

    private static func encoded(path: String) throws(R2ValidationError) -> String {
        guard path.utf8.first == UInt8(ascii: "/"),
            let key = try? ObjectKey(String(Substring(path.utf8.dropFirst())))
        else {
            throw R2ValidationError(
                .invalidEdgeToken,
                "Invalid path: expected '/' and an object key, not percent-encoded, "
                    + "without empty, '.' or '..' segments.")
        }
        return "/" + PercentEncoding.encodePath(key.rawValue)
    }
}

extension EdgeTokenSigner: CustomStringConvertible, CustomReflectable {
    /// The parameter's name and the encoding, without the secret.
    public var description: String { "EdgeTokenSigner(parameter: \(parameter), encoding: \(encoding))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
