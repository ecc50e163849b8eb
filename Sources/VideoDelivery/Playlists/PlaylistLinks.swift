#if Delivery
public import R2Kit

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The URLs that a rewriter writes into a playlist.
///
/// The same key should result in the same URL during the life of one rewriter: sign with one date, and issue tokens
/// with one expiry. Players recognize a preload hint and its part by that.
public protocol PlaylistLinks: Sendable {
    /// Returns URLs of segments, initialization sections, parts, session data, and of keys that are signed.
    /// - Parameter keys: The objects' keys, each of them once.
    /// - Returns: As many URLs, in the order of the keys.
    /// - Throws: Any error. The rewriter throws it as a ``PlaylistError``.
    func mediaURLs(for keys: [ObjectKey]) throws -> [String]

    /// Returns the URL at which your app serves another playlist of the same video, rewritten.
    /// - Parameter key: The playlist's key.
    /// - Returns: An absolute URL, or a path on the host that serves this playlist.
    /// - Throws: Any error. The rewriter throws it as a ``PlaylistError``.
    func playlistURL(for key: ObjectKey) throws -> String

    /// Returns the URL at which your app serves an encryption key.
    ///
    /// It's only called with ``PlaylistRewriter/Options/Keys/route``.
    /// - Parameter key: The key of the object that contains the encryption key.
    /// - Returns: An absolute URL, or a path on the host that serves this playlist.
    /// - Throws: Any error. The rewriter throws it as a ``PlaylistError``.
    func keyURL(for key: ObjectKey) throws -> String
}

/// Links with presigned URLs for media, and closures for everything else.
public struct PresignedPlaylistLinks: PlaylistLinks {
    private let presigner: R2Presigner
    private let lifetime: Duration?
    private let window: SigningWindow?
    private let date: Date
    private let makePlaylistURL: @Sendable (ObjectKey) throws -> String
    private let makeKeyURL: @Sendable (ObjectKey) throws -> String

    /// Creates links whose URLs are all signed with one date.
    /// - Parameters:
    ///   - presigner: The presigner of the bucket.
    ///   - lifetime: How long the URLs are valid, or `nil` for the configuration's default for playback.
    ///   - window: A span of time within which the same key has the same URL. Live playlists, which players reload,
    ///     need it.
    ///   - date: The date of signing.
    ///   - playlistURL: A closure that returns the URL of another playlist.
    ///   - keyURL: A closure that returns the URL of an encryption key. The default throws, for rewriters that sign
    ///     the keys' URLs.
    public init(
        presigner: R2Presigner, expiresIn lifetime: Duration? = nil, stableWithin window: SigningWindow? = nil,
        at date: Date = Date(), playlistURL: @escaping @Sendable (ObjectKey) throws -> String,
        keyURL: @escaping @Sendable (ObjectKey) throws -> String = Self.noKeyRoute
    ) {
        self.presigner = presigner
        self.lifetime = lifetime
        self.window = window
        self.date = date
        makePlaylistURL = playlistURL
        makeKeyURL = keyURL
    }

    /// A closure for links without a route for keys, which always throws.
    public static let noKeyRoute: @Sendable (ObjectKey) throws -> String = { _ in
        throw PlaylistError(.link, "Missing key route: pass keyURL, or sign the keys' URLs.")
    }

    /// See ``PlaylistLinks/mediaURLs(for:)``.
    public func mediaURLs(for keys: [ObjectKey]) throws -> [String] {
        // Lazily, without an array of whole requests.
        try presigner.presignPlayback(of: keys.lazy, expiresIn: lifetime, stableWithin: window, at: date).map(\.url)
    }

    /// See ``PlaylistLinks/playlistURL(for:)``.
    public func playlistURL(for key: ObjectKey) throws -> String { try makePlaylistURL(key) }

    /// See ``PlaylistLinks/keyURL(for:)``.
    public func keyURL(for key: ObjectKey) throws -> String { try makeKeyURL(key) }
}
#endif
