#if Delivery
public import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A URL for one viewer, with what a player needs to know about it.
///
/// Treat the URL like a password: anyone who has it can use it until it expires.
public struct Playback: Sendable, Hashable, Codable {
    /// The URL, exactly as it must be sent.
    public let url: String
    /// The date at which the URL of a file stops being valid, or those of a stream's segments.
    ///
    /// The URL of a stream itself can be valid for longer, for the lifetime of ``PlaybackOptions``.
    ///
    /// Request a new one before that date if the player is paused. See `Docs/delivery.md`.
    public let expiresAt: Date
    /// A string that identifies the file or stream in a player's cache, whatever URL it has.
    ///
    /// It changes when another file takes the place of this one, or when the row names another playlist.
    public let cacheKey: String
    /// The media type.
    public let contentType: String

    /// Creates a playback from its parts.
    /// - Parameters:
    ///   - url: The URL, exactly as it must be sent.
    ///   - expiresAt: The date at which the URL stops being valid.
    ///   - cacheKey: A string that identifies the file in a player's cache.
    ///   - contentType: The media type.
    public init(url: String, expiresAt: Date, cacheKey: String, contentType: String) {
        self.url = url
        self.expiresAt = expiresAt
        self.cacheKey = cacheKey
        self.contentType = contentType
    }
}

extension Playback: CustomStringConvertible, CustomReflectable {
    /// The cache key, the type and the expiry, without the URL.
    public var description: String { "Playback(\(cacheKey), \(contentType), until \(expiresAt.formatted(.iso8601)))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A rewritten playlist, which your app sends as the body of a response.
public struct PlaybackPlaylist: Sendable {
    /// The response's media type: `application/vnd.apple.mpegurl`.
    public let contentType = MediaTypes.playlist
    /// The response's `Cache-Control` header, which keeps the viewer's URLs out of caches.
    public let cacheControl = "private, no-store"
    /// The date at which the URLs of segments stop being valid.
    public let expiresAt: Date
    let pump: PlaylistPump

    /// The playlist, in chunks of any size, which can be read once.
    ///
    /// The sequence throws a ``PlaylistError`` if a later part of the playlist can't be rewritten. Problems in the
    /// first 16 KiB are thrown before the response starts. If it throws, close the connection, so that no player takes
    /// the part for the whole.
    public var body: some AsyncSequence<ByteBuffer, any Error> & Sendable { PlaylistBody(pump: pump) }
}
#endif
