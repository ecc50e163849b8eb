internal import Crypto
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Signs URLs of a custom domain, so that a Cloudflare WAF rule lets them pass and stops all others.
///
/// Presigned URLs do not work on custom domains. There, a rule with `is_timed_hmac_valid_v0` checks a token in the URL,
/// before the cache, so that playback is both guarded and cached (with a cache rule that leaves the token out of the cache
/// key). A token for a directory covers a whole HLS or DASH stream.
///
/// ```swift
/// let signer = try EdgeTokenSigner(secret: secret)
/// let url = try signer.url("https://media.example.com", path: "/videos/42/master.m3u8")
/// ```
///
/// The token holds the time of its *issue*; how long it is valid from then on stands in the rule. `Docs/edge-tokens.md`
/// has the rules. Source: Cloudflare WAF "Configure token authentication", and "HMAC validation functions".
public struct EdgeTokenSigner: Sendable {
    /// How the code is written.
    public enum Encoding: Sendable, Hashable {
        /// Base64, percent-encoded: what the rule expects without a flag.
        case standard
        /// Base64 with `-` and `_`, without padding: for a rule with the flag `s`. Shorter, and nothing in it to
        /// encode.
        case urlSafe
    }

    private let key: SymmetricKey
    /// How the code is written.
    public let encoding: Encoding
    /// The query parameter that carries the token.
    public let parameter: String

    /// Takes the secret that the rule has.
    /// - Parameters:
    ///   - secret: The secret, as it stands in the rule. Its UTF-8 bytes are the key.
    ///   - encoding: How the code is written; the rule must match.
    ///   - parameter: The query parameter's name; the rule's separator length must match, such as 8 for `?verify=`.
    /// - Throws: ``R2KitError`` with the code `invalidEdgeToken` if the secret is empty, or the name is not made of
    ///   letters, digits, `-`, `.`, `_` and `~`.
    public init(
        secret: String, encoding: Encoding = .standard, parameter: String = "verify"
    ) throws(R2KitError) {
        guard !secret.isEmpty else {
            throw R2KitError(.invalidEdgeToken, "the secret of edge tokens must not be empty")
        }
        guard !parameter.isEmpty, PercentEncoding.encode(parameter) == parameter else {
            throw R2KitError(
                .invalidEdgeToken, "the token's parameter is a name of letters, digits, '-', '.', '_' and '~'")
        }
        key = SymmetricKey(data: Data(secret.utf8))
        self.encoding = encoding
        self.parameter = parameter
    }

    /// A token: the time of issue, a hyphen and the code, ready to stand in a URL.
    /// - Parameters:
    ///   - message: What the rule checks: the path as it stands in the URL, encoded, or its first part.
    ///   - instant: The time of issue.
    /// - Returns: The token, percent-encoded where its encoding needs it.
    /// - Throws: ``R2KitError`` with the code `invalidTime` for an instant that ten digits of seconds cannot name.
    public func token(for message: String, at instant: Date = Date()) throws(R2KitError) -> String {
        let timestamp = try Self.timestamp(instant)
        let code = Data(code(of: message, timestamp))
        switch encoding {
        case .standard: return "\(timestamp)-\(PercentEncoding.encode(code.base64EncodedString()))"
        case .urlSafe: return "\(timestamp)-\(code.base64URL)"
        }
    }

    /// A URL that is guarded by its whole path.
    /// - Parameters:
    ///   - origin: Scheme and host of the custom domain, such as `https://media.example.com`.
    ///   - path: The path, not encoded, beginning with `/`. It is sent in Unicode's composed form, as keys are.
    ///   - instant: The time of issue.
    /// - Returns: The URL, with the token as its only and last parameter.
    /// - Throws: ``R2KitError`` with the code `invalidEdgeToken` for a path that clients would change,
    ///   `invalidEndpoint` for an origin that is none, `invalidTime` for an instant out of range.
    public func url(_ origin: String, path: String, at instant: Date = Date()) throws(R2KitError) -> String {
        try url(origin, path: path, message: try Self.encoded(path: path), at: instant)
    }

    /// A URL that is guarded by the directory it lies in, with everything else in there.
    /// - Parameters:
    ///   - origin: Scheme and host of the custom domain, such as `https://media.example.com`.
    ///   - path: The path, not encoded, beginning with `/`.
    ///   - directory: The beginning of the path that the token covers, not encoded, with `/` at both ends. The rule's
    ///     message is that many bytes of the path: its length must be the same for all videos, as it is with ids for
    ///     names.
    ///   - instant: The time of issue.
    /// - Returns: The URL. The same token fits every other path in the directory: see ``token(for:at:)``.
    /// - Throws: ``R2KitError`` as ``url(_:path:at:)`` does, and if the path does not lie in the directory.
    public func url(
        _ origin: String, path: String, directory: String, at instant: Date = Date()
    ) throws(R2KitError) -> String {
        let (path, directory) = (ObjectKey.composed(path), ObjectKey.composed(directory))
        let slash = UInt8(ascii: "/")
        guard directory.utf8.count > 2, directory.utf8.first == slash, directory.utf8.last == slash,
            path.utf8.starts(with: directory.utf8)
        else {
            throw R2KitError(
                .invalidEdgeToken,
                "a directory has a name between two '/', and the path begins with the directory; '/' alone would cover all"
            )
        }
        return try url(origin, path: path, message: PercentEncoding.encodePath(directory), at: instant)
    }

    /// Whether a token is genuine, and not older than it may be.
    ///
    /// Takes the same time wherever a wrong code differs.
    /// - Parameters:
    ///   - token: The parameter's value, percent-encoded or not.
    ///   - message: What it must be for: the path or its first part, encoded.
    ///   - timeToLive: How many seconds a token is valid, as in the rule.
    ///   - instant: The present.
    /// - Returns: `true` if the code is right, and less time has passed since the issue than the time to live. A time of
    ///   issue in the future is taken: only whoever has the secret can have stated it.
    public func isValid(_ token: String, for message: String, timeToLive: Int, at instant: Date = Date()) -> Bool {
        let parts = token.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 10, let code = decoded(parts[1]) else { return false }
        let timestamp = String(Substring(parts[0]))
        guard let issued = ASCII.wholeNumber(timestamp) else { return false }
        let isRight = ConstantTime.areEqual(Array(code), Array(self.code(of: message, timestamp)))
        let age = instant.timeIntervalSince1970 - Double(issued)
        return isRight && age < Double(timeToLive)
    }

    // MARK: Parts

    private func url(
        _ origin: String, path: String, message: String, at instant: Date
    ) throws(R2KitError) -> String {
        let origin = try R2Endpoint.publicOrigin(origin)
        let encoded = try Self.encoded(path: path)
        return "\(origin)\(encoded)?\(parameter)=\(try token(for: message, at: instant))"
    }

    /// The code covers the message and the time right after it; the separator between them is not hashed.
    private func code(of message: String, _ timestamp: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Data("\(message)\(timestamp)".utf8), using: key)
    }

    /// The code's bytes.
    ///
    /// Encoding them again refuses other spellings of the same bytes, which decoders let pass.
    private func decoded(_ code: Substring.UTF8View) -> Data? {
        let text = String(Substring(code))
        switch encoding {
        case .urlSafe:
            guard let bytes = Data(base64URL: code), bytes.base64URL == text else { return nil }
            return bytes
        case .standard:
            guard let text = PercentEncoding.decode(text), let bytes = Data(base64Encoded: text),
                bytes.base64EncodedString() == text
            else { return nil }
            return bytes
        }
    }

    private static func timestamp(_ instant: Date) throws(R2KitError) -> String {
        let seconds = instant.timeIntervalSince1970.rounded(.down)
        guard (1_000_000_000...9_999_999_999).contains(seconds) else {
            throw R2KitError(.invalidTime, "an edge token's time has ten digits: it lies in the years 2001 to 2286")
        }
        return String(Int64(seconds))
    }

    private static func encoded(path: String) throws(R2KitError) -> String {
        guard path.utf8.first == UInt8(ascii: "/"),
            let key = try? ObjectKey(String(Substring(path.utf8.dropFirst())))
        else {
            throw R2KitError(
                .invalidEdgeToken,
                "the path is '/' and an object key, not encoded, without empty, '.' or '..' segments")
        }
        return "/" + PercentEncoding.encodePath(key.rawValue)
    }
}

extension EdgeTokenSigner: CustomStringConvertible, CustomReflectable {
    /// The parameter's name and the encoding; never the secret.
    public var description: String { "EdgeTokenSigner(parameter: \(parameter), encoding: \(encoding))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
