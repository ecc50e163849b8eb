#if Delivery
public import VideoDelivery

/// The path and the limits of endpoints.
public struct EndpointOptions: Sendable, Hashable {
    /// The path below which the routes are, such as `/api`, or an empty string.
    public var prefix: String
    /// The limit on requests of a caller that sign URLs, or `nil` for no limit.
    ///
    /// Each process counts for itself.
    public var signingLimit: SigningLimit?
    /// The maximum number of videos in a page, 1 to 1,000.
    public var maximumPageSize: Int
    /// The maximum size of a thumbnail, in bytes, 1 to 16 MiB.
    public var maximumThumbnailSize: Int
    /// The string before a problem's code in its `type`, such as `https://app.example.com/problems/`.
    public var problemTypeBase: String
    /// The value of `WWW-Authenticate` in responses with status 401, such as `Bearer`, or `nil` for none.
    public var authenticationChallenge: String?

    /// The maximum size of a JSON body, in bytes.
    ///
    /// Uppy's completions list all parts, and may have 1 MiB.
    public static let maximumBodySize = 65_536

    /// Creates options.
    ///
    /// - Parameters:
    ///   - prefix: The path below which the routes are: empty, or starting with a slash and not ending with one.
    ///   - signingLimit: The limit on requests of a caller that sign URLs, or `nil` for no limit.
    ///   - maximumPageSize: The maximum number of videos in a page, 1 to 1,000.
    ///   - maximumThumbnailSize: The maximum size of a thumbnail, in bytes, 1 to 16 MiB. The default is 1 MiB.
    ///   - problemTypeBase: The string before a problem's code in its `type`.
    ///   - authenticationChallenge: The value of `WWW-Authenticate` in responses with status 401, or `nil` for none.
    public init(
        prefix: String = "", signingLimit: SigningLimit? = SigningLimit(), maximumPageSize: Int = 200,
        maximumThumbnailSize: Int = 1 << 20, problemTypeBase: String = "urn:r2kit:problem:",
        authenticationChallenge: String? = nil
    ) {
        self.prefix = prefix
        self.signingLimit = signingLimit
        self.maximumPageSize = maximumPageSize
        self.maximumThumbnailSize = maximumThumbnailSize
        self.problemTypeBase = problemTypeBase
        self.authenticationChallenge = authenticationChallenge
    }

    /// The routes for playlists, segments and keys, to create a `PlaylistDelivery` with.
    ///
    /// The URLs are paths on the host that serves the playlists.
    public var playbackRoutes: PlaybackRoutes { PlaybackRoutes(base: playbackBase) }

    var playbackBase: String { prefix + "/play" }

    func check() throws(VideoDeliveryError) {
        let segments = prefix.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst()
        let isPath =
            prefix.isEmpty
            || prefix.utf8.first == UInt8(ascii: "/")
                && segments.allSatisfy { segment in
                    !segment.isEmpty && !segment.elementsEqual(".".utf8) && !segment.elementsEqual("..".utf8)
                        && segment.allSatisfy { Self.isUnreserved($0) }
                }
        guard isPath else {
            throw VideoDeliveryError(
                .invalidConfiguration,
                "Invalid prefix: expected an empty string or a path such as \"/api\", of letters, digits, '-', '.', '_' "
                    + "and '~', without a slash at its end.")
        }
        guard (1...1000).contains(maximumPageSize) else {
            throw VideoDeliveryError(.invalidConfiguration, "Invalid maximum page size: expected 1 to 1,000.")
        }
        guard (1...16 << 20).contains(maximumThumbnailSize) else {
            throw VideoDeliveryError(
                .invalidConfiguration, "Invalid maximum thumbnail size: expected 1 to 16,777,216 bytes.")
        }
        if let limit = signingLimit {
            guard limit.burst >= 1, limit.perSecond > 0, limit.perSecond.isFinite, limit.maximumCallers >= 1 else {
                throw VideoDeliveryError(
                    .invalidConfiguration,
                    "Invalid signing limit: expected a burst and a number of callers of at least 1, and a rate above 0."
                )
            }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }
}

/// A limit on requests of a caller that sign URLs.
///
/// A caller can send a number of requests at once, and then as many as the rate admits.
public struct SigningLimit: Sendable, Hashable {
    /// The number of requests that a caller can send at once.
    public var burst: Int
    /// The number of requests per second after that.
    public var perSecond: Double
    /// The number of callers whose requests are counted.
    ///
    /// When there are more, those that were counted longest ago start again.
    public var maximumCallers: Int

    /// Creates a limit.
    ///
    /// - Parameters:
    ///   - burst: The number of requests that a caller can send at once, at least 1.
    ///   - perSecond: The number of requests per second after that, above 0.
    ///   - maximumCallers: The number of callers whose requests are counted, at least 1.
    public init(burst: Int = 100, perSecond: Double = 20, maximumCallers: Int = 10_000) {
        self.burst = burst
        self.perSecond = perSecond
        self.maximumCallers = maximumCallers
    }
}
#endif
