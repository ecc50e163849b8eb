#if Delivery
internal import R2Kit
internal import SigV4
public import VideoCatalog

/// The way your app serves the playlists of HLS streams.
public struct PlaylistDelivery: Sendable {
    /// The URLs of segments in a playlist.
    public enum Mode: Sendable, Hashable {
        /// Segments have presigned URLs, which live as long as a playback may take.
        case presigned
        /// Segments have URLs of your app, which redirects to a URL that is valid for one minute.
        ///
        /// A playback survives pauses of up to seven days, and ends soon after your app's authorization says no.
        /// It costs your app a small request for each segment.
        case redirect
    }

    /// The lifetime of tokens that lead to redirects: seven days.
    static let redirectTokenLifetime = Duration.seconds(7 * 86_400)

    /// The URLs of segments in a playlist.
    public var mode: Mode
    /// The routes of your app.
    public var routes: PlaybackRoutes
    /// The signer of the tokens in the routes' URLs.
    public var tokens: PlaylistTokenSigner
    /// Limits and choices of the rewriter.
    public var rewriting: PlaylistRewriter.Options

    /// Creates a way to serve playlists.
    /// - Parameters:
    ///   - mode: The URLs of segments in a playlist.
    ///   - routes: The routes of your app.
    ///   - tokens: The signer of the tokens in the routes' URLs.
    ///   - rewriting: Limits and choices of the rewriter.
    public init(
        mode: Mode = .presigned, routes: PlaybackRoutes, tokens: PlaylistTokenSigner,
        rewriting: PlaylistRewriter.Options = PlaylistRewriter.Options()
    ) {
        self.mode = mode
        self.routes = routes
        self.tokens = tokens
        self.rewriting = rewriting
    }
}

/// The values from which your app makes the URL of one of its routes.
public struct PlaybackLink: Sendable, Hashable {
    /// The video.
    public let video: Video.ID
    /// The token, of letters, digits, `-` and `_`.
    public let token: String
    /// The name of the file, percent-encoded.
    ///
    /// Put it at the end of the path: some players look at the extension.
    public let fileName: String
}

/// The URLs of your app's routes for playlists, segments and keys.
public struct PlaybackRoutes: Sendable {
    let playlist: @Sendable (PlaybackLink) -> String
    let segment: @Sendable (PlaybackLink) -> String
    let key: @Sendable (PlaybackLink) -> String

    /// Creates routes with closures.
    ///
    /// Each returns an absolute URL, or a path that starts with `/` if all playlists are served by the same host. The
    /// token must be in the URL.
    /// - Parameters:
    ///   - playlist: A closure that returns a URL whose route calls ``VideoPlayback/playlist(token:)``.
    ///   - segment: A closure that returns a URL whose route calls ``VideoPlayback/segmentRedirect(token:)``.
    ///   - key: A closure that returns a URL whose route calls ``VideoPlayback/keyRedirect(token:)``.
    public init(
        playlist: @escaping @Sendable (PlaybackLink) -> String, segment: @escaping @Sendable (PlaybackLink) -> String,
        key: @escaping @Sendable (PlaybackLink) -> String
    ) {
        self.playlist = playlist
        self.segment = segment
        self.key = key
    }

    /// Creates routes below one URL: `playlist/TOKEN/NAME`, `segment/TOKEN/NAME` and `key/TOKEN/NAME`.
    /// - Parameter base: An absolute URL or a path, such as `https://app.example.com/play` or `/play`.
    public init(base: String) {
        self.init(
            playlist: { "\(base)/playlist/\($0.token)/\($0.fileName)" },
            segment: { "\(base)/segment/\($0.token)/\($0.fileName)" },
            key: { "\(base)/key/\($0.token)/\($0.fileName)" })
    }
}
#endif
