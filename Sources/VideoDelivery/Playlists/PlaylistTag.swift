#if Delivery
/// The kinds of playlists.
enum PlaylistKind: Sendable {
    case media, multivariant
}

/// The kinds of files that a URI can refer to.
enum PlaylistReference: UInt8, Sendable, Hashable {
    /// A segment or a part of one, session data, or an encryption key whose URL is signed.
    case media
    /// Another playlist.
    case playlist
    /// Another playlist, at a URL that must be relative.
    case report
    /// An encryption key that your app serves.
    case key
}

/// A tag that this package knows.
///
/// Sources: RFC 8216, draft-pantos-hls-rfc8216bis, for image playlists Roku's "Trick mode", and for prefetched segments
/// the proposal "LHLS" of hls.js.
struct PlaylistTag: Sendable {
    enum Action: Sendable {
        /// The tag has no URI.
        case keep
        /// The tag is free text, in which nothing is searched.
        case keepText
        /// The next line with a URI is of this kind.
        case expect(PlaylistReference)
        /// The tag's value is a URI of this kind.
        case rewriteValue(PlaylistReference)
        /// The attribute `URI` is of this kind.
        case rewrite(PlaylistReference)
        case key, dateRange, define, contentSteering
    }

    let name: StaticString
    /// The kind of playlist in which the tag is allowed, or `nil` for both.
    let kind: PlaylistKind?
    let action: Action

    /// Returns the tag with a name.
    /// - Parameters:
    ///   - line: The bytes of a line.
    ///   - range: The name in it, without `#`.
    /// - Returns: The tag, or `nil` if this package doesn't know the name.
    static func named(_ line: borrowing Span<UInt8>, _ range: Range<Int>) -> PlaylistTag? {
        for tag in all where tag.name.utf8CodeUnitCount == range.count && line.hasBytes(tag.name, at: range.lowerBound)
        {
            return tag
        }
        return nil
    }

    private init(_ name: StaticString, _ kind: PlaylistKind?, _ action: Action = .keep) {
        self.name = name
        self.kind = kind
        self.action = action
    }

    private static let all: [PlaylistTag] = [
        PlaylistTag("EXTINF", .media, .expect(.media)),
        PlaylistTag("EXT-X-PART", .media, .rewrite(.media)),
        PlaylistTag("EXT-X-BYTERANGE", .media),
        PlaylistTag("EXT-X-PROGRAM-DATE-TIME", .media, .keepText),
        PlaylistTag("EXT-X-DISCONTINUITY", .media),
        PlaylistTag("EXT-X-KEY", .media, .key),
        PlaylistTag("EXT-X-MAP", .media, .rewrite(.media)),
        PlaylistTag("EXT-X-GAP", .media),
        PlaylistTag("EXT-X-BITRATE", .media),
        PlaylistTag("EXT-X-TILES", .media),
        PlaylistTag("EXT-X-DATERANGE", .media, .dateRange),
        PlaylistTag("EXT-X-PRELOAD-HINT", .media, .rewrite(.media)),
        PlaylistTag("EXT-X-PREFETCH", .media, .rewriteValue(.media)),
        PlaylistTag("EXT-X-RENDITION-REPORT", .media, .rewrite(.report)),
        PlaylistTag("EXT-X-TARGETDURATION", .media),
        PlaylistTag("EXT-X-MEDIA-SEQUENCE", .media),
        PlaylistTag("EXT-X-DISCONTINUITY-SEQUENCE", .media),
        PlaylistTag("EXT-X-ENDLIST", .media),
        PlaylistTag("EXT-X-PLAYLIST-TYPE", .media),
        PlaylistTag("EXT-X-I-FRAMES-ONLY", .media),
        PlaylistTag("EXT-X-IMAGES-ONLY", .media),
        PlaylistTag("EXT-X-PART-INF", .media),
        PlaylistTag("EXT-X-SERVER-CONTROL", .media),
        PlaylistTag("EXT-X-SKIP", .media),
        PlaylistTag("EXT-X-STREAM-INF", .multivariant, .expect(.playlist)),
        PlaylistTag("EXT-X-MEDIA", .multivariant, .rewrite(.playlist)),
        PlaylistTag("EXT-X-I-FRAME-STREAM-INF", .multivariant, .rewrite(.playlist)),
        PlaylistTag("EXT-X-IMAGE-STREAM-INF", .multivariant, .rewrite(.playlist)),
        PlaylistTag("EXT-X-SESSION-DATA", .multivariant, .rewrite(.media)),
        PlaylistTag("EXT-X-SESSION-KEY", .multivariant, .key),
        PlaylistTag("EXT-X-CONTENT-STEERING", .multivariant, .contentSteering),
        PlaylistTag("EXTM3U", nil),
        PlaylistTag("EXT-X-VERSION", nil),
        PlaylistTag("EXT-X-INDEPENDENT-SEGMENTS", nil),
        PlaylistTag("EXT-X-START", nil),
        PlaylistTag("EXT-X-ALLOW-CACHE", nil),
        PlaylistTag("EXT-X-DEFINE", nil, .define),
    ]
}
#endif
