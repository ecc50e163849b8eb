/// A request for one page of a list of videos.
public struct PageRequest: Sendable, Hashable, Codable {
    /// The maximum number of videos, 1 to 1,000.
    public var limit: Int
    /// The cursor after which the page starts, or `nil` for the first page.
    public var cursor: VideoCursor?

    /// Creates a request for a page.
    ///
    /// - Parameters:
    ///   - limit: The maximum number of videos, 1 to 1,000. A repository checks this, not the initializer.
    ///   - cursor: ``VideoPage/next`` of the previous page.
    public init(limit: Int, after cursor: VideoCursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }

    /// Returns a request for the first page.
    ///
    /// - Parameter limit: The maximum number of videos, 1 to 1,000.
    /// - Returns: The request.
    public static func first(_ limit: Int) -> PageRequest { PageRequest(limit: limit) }

    /// Returns a request for the page after another one.
    ///
    /// - Parameters:
    ///   - cursor: ``VideoPage/next`` of the other page.
    ///   - limit: The maximum number of videos, 1 to 1,000.
    /// - Returns: The request.
    public static func after(_ cursor: VideoCursor, limit: Int) -> PageRequest {
        PageRequest(limit: limit, after: cursor)
    }
}

/// One page of a list of videos.
///
/// A list isn't a change feed. A video whose insertion commits late may have an earlier creation date than videos that
/// were listed before, so that a walk that continues from its last cursor never sees it.
public struct VideoPage: Sendable, Hashable, Codable {
    /// The videos, in the requested order.
    ///
    /// They can be fewer than requested, even none, on a page that isn't the last. Only ``next`` tells the end.
    public var videos: [Video]
    /// The rows of this page that couldn't be read.
    public var unreadable: [UnreadableRow]
    /// The cursor for the next page, or `nil` if there was none when this page was read.
    public var next: VideoCursor?

    /// Creates a page.
    ///
    /// Repositories call `RepositorySupport.makePage(from:for:order:)` instead.
    ///
    /// - Parameters:
    ///   - videos: The videos, in the requested order.
    ///   - next: The cursor for the next page, or `nil` on the last page.
    ///   - unreadable: The rows of this page that couldn't be read.
    public init(videos: [Video], next: VideoCursor?, unreadable: [UnreadableRow] = []) {
        self.videos = videos
        self.unreadable = unreadable
        self.next = next
    }
}

extension VideoPage {
    private enum CodingKeys: String, CodingKey { case videos, next, unreadable }

    /// Creates a page by decoding the object that ``encode(to:)`` writes.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` for a missing key or an invalid value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            videos: try container.decode([Video].self, forKey: .videos),
            next: try container.decodeIfPresent(VideoCursor.self, forKey: .next),
            unreadable: try container.decodeIfPresent([UnreadableRow].self, forKey: .unreadable) ?? [])
    }

    /// Encodes the page, without the key `unreadable` if every row could be read.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(videos, forKey: .videos)
        try container.encodeIfPresent(next, forKey: .next)
        if !unreadable.isEmpty { try container.encode(unreadable, forKey: .unreadable) }
    }
}
