/// Which page of a list.
public struct PageRequest: Sendable, Hashable {
    /// How many videos at most: 1 to 1,000.
    public var limit: Int
    /// After which video; `nil` for the first page.
    public var cursor: VideoCursor?

    /// Asks for a page.
    ///
    /// - Parameters:
    ///   - limit: How many videos at most: 1 to 1,000, which is checked when the page is asked for.
    ///   - cursor: ``VideoPage/next`` of the page before.
    public init(limit: Int, after cursor: VideoCursor? = nil) {
        self.limit = limit
        self.cursor = cursor
    }

    /// The first page.
    ///
    /// - Parameter limit: How many videos at most: 1 to 1,000.
    /// - Returns: The request.
    public static func first(_ limit: Int) -> PageRequest { PageRequest(limit: limit) }

    /// The page after another one.
    ///
    /// - Parameters:
    ///   - cursor: ``VideoPage/next`` of the other page.
    ///   - limit: How many videos at most: 1 to 1,000.
    /// - Returns: The request.
    public static func after(_ cursor: VideoCursor, limit: Int) -> PageRequest {
        PageRequest(limit: limit, after: cursor)
    }
}

/// One page of a list of videos.
public struct VideoPage: Sendable, Hashable {
    /// The videos, in the requested order.
    public var videos: [Video]
    /// The cursor for the next page, or `nil` if there was none when this page was read.
    public var next: VideoCursor?

    /// Creates a page. Repositories call ``RepositorySupport/makePage(from:for:order:)`` instead.
    ///
    /// - Parameters:
    ///   - videos: The videos, in the requested order.
    ///   - next: The cursor for the next page, or `nil` on the last page.
    public init(videos: [Video], next: VideoCursor?) {
        self.videos = videos
        self.next = next
    }
}
