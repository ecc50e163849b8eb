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
public struct VideoPage: Sendable, Hashable, Codable {
    /// The videos, in the requested order.
    public var videos: [Video]
    /// The cursor for the next page, or `nil` if there was none when this page was read.
    public var next: VideoCursor?

    /// Creates a page.
    ///
    /// Repositories call ``RepositorySupport/makePage(from:for:order:)`` instead.
    ///
    /// - Parameters:
    ///   - videos: The videos, in the requested order.
    ///   - next: The cursor for the next page, or `nil` on the last page.
    public init(videos: [Video], next: VideoCursor?) {
        self.videos = videos
        self.next = next
    }
}
