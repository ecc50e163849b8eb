#if Delivery
public import R2Kit

/// A custom domain that serves a bucket's objects through Cloudflare's cache, to requests with an edge token.
///
/// The WAF rule decides how long a token is valid, not the URL. Set the rule's time to live to at least the lifetime
/// that ``PlaybackOptions`` results in for your longest videos, plus the signing window. With a shorter one, URLs end
/// sooner, and so do the streams whose playlists contain them. The URLs of redirects still end after
/// ``PlaybackOptions/redirectLifetime``, because their tokens are issued with an earlier date.
/// `Docs/edge-tokens.md` has the rules.
public struct EdgeDelivery: Sendable {
    /// The part of a path that a token covers.
    public enum Coverage: Sendable, Hashable {
        /// The token is valid for one file.
        case file
        /// The token is valid for all files of the video, under `videos/<video>/`.
        case video
    }

    /// The scheme and host of the custom domain, such as `https://media.example.com`.
    public let origin: String
    /// The signer with the rule's secret.
    public let signer: EdgeTokenSigner
    /// The time for which a token is valid, as in the rule: longer than ``PlaybackOptions/signingWindow``.
    public let timeToLive: Duration
    /// The part of a path that a token covers, as in the rule.
    public let coverage: Coverage

    /// Creates a value for a custom domain.
    /// - Parameters:
    ///   - origin: The scheme and host of the custom domain, such as `https://media.example.com`.
    ///   - signer: The signer with the rule's secret.
    ///   - timeToLive: How long a token is valid, as in the rule.
    ///   - coverage: The part of a path that a token covers, as in the rule.
    public init(origin: String, signer: EdgeTokenSigner, timeToLive: Duration, coverage: Coverage = .file) {
        self.origin = origin
        self.signer = signer
        self.timeToLive = timeToLive
        self.coverage = coverage
    }
}
#endif
