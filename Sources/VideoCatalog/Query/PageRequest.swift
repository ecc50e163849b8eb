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

    /// Where the page begins: what every repository calls first.
    ///
    /// - Parameter order: The order of the query.
    /// - Returns: The place after which the page begins; `nil` for the first page.
    /// - Throws: ``CatalogError`` with the code `invalidArgument` for the limit, or `invalidCursor` for a cursor of the
    ///   other order.
    public func position(in order: VideoQuery.Order) throws(CatalogError) -> VideoCursor.Position? {
        try CatalogError.check(limit: limit)
        guard let cursor else { return nil }
        guard cursor.order == order else {
            throw CatalogError(.invalidCursor, "the cursor is of a list in the other order: begin with the first page")
        }
        return cursor.position
    }
}

/// A page of a list.
public struct VideoPage: Sendable, Hashable {
    /// The videos, in the order that was asked for.
    public var videos: [Video]
    /// Where the next page begins; `nil` if there was none when this page was read.
    public var next: VideoCursor?

    /// Puts a page together: for those who write a repository of their own.
    ///
    /// - Parameters:
    ///   - videos: Up to one more than was asked for, which shows that there is a next page.
    ///   - limit: How many were asked for.
    ///   - order: The order of the query.
    public init(_ videos: [Video], limit: Int, order: VideoQuery.Order) {
        self.videos = videos.count > limit ? Array(videos.prefix(limit)) : videos
        next = videos.count > limit ? self.videos.last.map { VideoCursor(after: $0, order: order) } : nil
    }
}

extension CatalogError {
    static func check(limit: Int) throws(CatalogError) {
        guard (1...CatalogLimits.batchSize).contains(limit) else {
            throw CatalogError(.invalidArgument, "the limit must be 1 to \(CatalogLimits.batchSize), not \(limit)")
        }
    }
}
