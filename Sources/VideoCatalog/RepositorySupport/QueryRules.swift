#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Checks of queries and pages, and which videos a query finds.
extension RepositorySupport {
    /// Returns a query whose dates are rounded to the microsecond and limited to the range that the catalog stores.
    ///
    /// - Parameter query: The query that a repository received.
    /// - Returns: A query that finds the same videos.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` for too many identifiers or tags, a string that no
    ///   video can have, or a date that isn't a number.
    public static func validatedQuery(_ query: VideoQuery) throws(CatalogError) -> VideoQuery {
        var checker = FieldChecker()
        var result = query
        for id in query.sessionIDs ?? [] {
            checker.check("sessionIDs", string: id.rawValue, limit: Limits.identifierLength)
        }
        checker.check("uploadedBy", string: query.uploadedBy?.rawValue, limit: Limits.identifierLength)
        for visibility in query.visibilities ?? [] {
            checker.check("visibilities", string: visibility.rawValue, limit: Limits.shortTextLength)
        }
        for tag in query.tags { checker.check("tags", string: tag, limit: Limits.tagLength) }
        checker.check("titleContains", string: query.titleContains, limit: Limits.titleLength, allowsEmpty: true)
        let limit = Limits.batchSize
        if query.sessionIDs?.count ?? 0 > limit { checker.add("sessionIDs", "must be at most \(limit)") }
        if query.visibilities?.count ?? 0 > limit { checker.add("visibilities", "must be at most \(limit)") }
        if query.tags.count > Limits.tagCount { checker.add("tags", "must be at most \(Limits.tagCount)") }
        result.createdFrom = checker.bound("createdFrom", query.createdFrom)
        result.createdBefore = checker.bound("createdBefore", query.createdBefore)
        // Every video was created before a date beyond the range.
        if let end = query.createdBefore, end > CatalogTimestamp.last.date { result.createdBefore = nil }
        result.uploadExpiresBy = checker.bound("uploadExpiresBy", query.uploadExpiresBy)
        guard checker.fields.isEmpty else {
            throw CatalogError(
                .invalidArgument, "Invalid query: no video can match these conditions: \(checker.names).",
                fields: checker.fields)
        }
        return result
    }

    /// Returns a Boolean value that indicates whether a video meets every condition of a query.
    ///
    /// - Parameters:
    ///   - video: A row as it is stored.
    ///   - query: A query that ``validatedQuery(_:)`` returned.
    /// - Returns: `true` if the video belongs to the list.
    public static func video(_ video: Video, matches query: VideoQuery) -> Bool {
        switch query.deletion {
        case .live: guard !video.isDeleted else { return false }
        case .deleted: guard video.isDeleted else { return false }
        case .any: break
        }
        if let sessionIDs = query.sessionIDs {
            guard let sessionID = video.sessionID, sessionIDs.contains(sessionID) else { return false }
        }
        if let uploadedBy = query.uploadedBy, video.uploadedBy != uploadedBy { return false }
        if let states = query.states, !states.contains(video.state.kind) { return false }
        if let visibilities = query.visibilities, !visibilities.contains(video.visibility) { return false }
        for tag in query.tags where !video.tags.contains(where: { $0.utf8.elementsEqual(tag.utf8) }) { return false }
        if let createdFrom = query.createdFrom, video.createdAt < createdFrom { return false }
        if let createdBefore = query.createdBefore, video.createdAt >= createdBefore { return false }
        if let uploadExpiresBy = query.uploadExpiresBy {
            guard let uploadExpiresAt = video.uploadExpiresAt, uploadExpiresAt <= uploadExpiresBy else { return false }
        }
        if let text = query.titleContains { return title(video.title, contains: text) }
        return true
    }

    /// Returns the position after which a page starts.
    ///
    /// - Parameters:
    ///   - page: The page that a repository should return.
    ///   - order: The order of the query.
    /// - Returns: The position, or `nil` for the first page.
    /// - Throws: A ``CatalogError`` with the code `invalidArgument` if the limit is out of range, or `invalidCursor` if
    ///   the cursor belongs to a list in the other order.
    public static func startPosition(
        of page: PageRequest, in order: VideoQuery.Order
    ) throws(CatalogError) -> VideoCursor.Position? {
        try checkPageLimit(page.limit)
        guard let cursor = page.cursor else { return nil }
        guard cursor.order == order else {
            throw CatalogError(
                .invalidCursor, "Invalid cursor: it belongs to a list in the other order. Start with the first page.")
        }
        return cursor.position
    }

    /// Makes a page from the videos that a repository found.
    ///
    /// - Parameters:
    ///   - videos: The videos of the page, in order. One video more than requested indicates that there is a next page.
    ///   - request: The request for the page.
    ///   - order: The order of the query.
    /// - Returns: The page, with a cursor if there is a next page.
    public static func makePage(
        from videos: [Video], for request: PageRequest, order: VideoQuery.Order
    ) -> VideoPage {
        guard videos.count > request.limit else { return VideoPage(videos: videos, next: nil) }
        let videos = Array(videos.prefix(request.limit))
        return VideoPage(videos: videos, next: videos.last.map { VideoCursor(after: $0, order: order) })
    }
}

extension RepositorySupport {
    /// Makes a page from the rows that a repository found, of which some may be unreadable.
    ///
    /// - Parameters:
    ///   - rows: The rows of the page, in order. One row more than requested indicates that there is a next page.
    ///   - request: The request for the page.
    ///   - order: The order of the query.
    /// - Returns: The page, with a cursor after its last row if readable rows can follow.
    public static func makePage(
        from rows: [StoredRow], for request: PageRequest, order: VideoQuery.Order
    ) -> VideoPage {
        var rows = rows.makeIterator()
        return makePage(for: request, order: order) { rows.next() }
    }

    /// Makes a page from the rows that a repository reads one by one, of which some may be unreadable.
    ///
    /// - Parameters:
    ///   - request: The request for the page.
    ///   - order: The order of the query.
    ///   - nextRow: Returns the next row of the page, in order, or `nil` after the last one. One row more than
    ///     requested indicates that there is a next page, and ends the calls.
    /// - Returns: The page, with a cursor after its last row if readable rows can follow.
    /// - Throws: The error of `nextRow`.
    public static func makePage(
        for request: PageRequest, order: VideoQuery.Order, nextRow: () throws -> StoredRow?
    ) rethrows -> VideoPage {
        var page = VideoPage(videos: [], next: nil)
        page.videos.reserveCapacity(min(request.limit, 100))
        // The position of the last row, if that one is unreadable.
        var unreadable: VideoCursor.Position??
        // Rows are moved and never copied: a video has many fields.
        while let row = try nextRow() {
            guard page.videos.count + page.unreadable.count < request.limit else {
                let last = unreadable ?? page.videos.last.map(VideoCursor.Position.init(of:))
                page.next = last.map { VideoCursor(after: $0, order: order) }
                break
            }
            switch consume row {
            case .video(let video):
                page.videos.append(video)
                unreadable = nil
            case .unreadable(let row, let microseconds):
                page.unreadable.append(row)
                unreadable = .some(position(of: row.id, microseconds, in: order))
            }
        }
        return page
    }

    /// Returns the position of an unreadable row, or `nil` if no row with a valid date comes after it.
    ///
    /// Rows whose date is before or after all valid dates have the position at that end of the valid dates.
    private static func position(
        of id: Video.ID, _ microseconds: Int64, in order: VideoQuery.Order
    ) -> VideoCursor.Position? {
        let createdAt = CatalogTimestamp(microseconds: microseconds)
        if createdAt < .first {
            return order == .newestFirst ? nil : VideoCursor.Position(createdAt: .first, id: .lowest)
        }
        if createdAt > .last {
            return order == .oldestFirst ? nil : VideoCursor.Position(createdAt: .last, id: .highest)
        }
        return VideoCursor.Position(createdAt: createdAt, id: id)
    }
}

extension FieldChecker {
    fileprivate mutating func bound(_ name: String, _ date: Date?) -> Date? {
        guard let date else { return nil }
        guard let timestamp = CatalogTimestamp(clamping: date) else {
            add(name, "must be a date, not NaN")
            return nil
        }
        return timestamp.date
    }
}
