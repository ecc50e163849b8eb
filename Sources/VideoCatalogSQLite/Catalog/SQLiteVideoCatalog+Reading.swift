#if SQLite

internal import GRDB
public import VideoCatalog

extension SQLiteVideoCatalog {
    /// Finds a video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - includingDeleted: Whether to find it if it is deleted.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the database cannot be read.
    public func video(_ id: Video.ID, includingDeleted: Bool = false) throws -> Video? {
        try StoreFailure.translating {
            let video = try fetch(Self.selectByID, id.uuid.databaseValue).first
            return includingDeleted || video?.isDeleted == false ? video : nil
        }
    }

    /// Finds several videos.
    ///
    /// - Parameters:
    ///   - ids: Up to 1,000 identifiers.
    ///   - includingDeleted: Whether to find deleted ones.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func videos(_ ids: [Video.ID], includingDeleted: Bool = false) throws -> [Video] {
        try CatalogError.check(count: ids.count)
        var seen = Set<Video.ID>()
        return try ids.compactMap { id in
            seen.insert(id).inserted ? try video(id, includingDeleted: includingDeleted) : nil
        }
    }

    /// Finds the live video with an object key.
    ///
    /// - Parameter objectKey: The key, byte for byte.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the database cannot be read.
    public func video(objectKey: String) throws -> Video? {
        // A text that is bound ends at NUL: no video has such a key, but one may have its beginning.
        guard !objectKey.utf8.contains(0) else { return nil }
        return try StoreFailure.translating { try fetch(Self.selectByKey, objectKey.databaseValue).first }
    }

    /// Lists videos.
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - page: How many, and after which.
    /// - Returns: The page.
    /// - Throws: `CatalogError`: `invalidArgument`, `invalidCursor`.
    public func videos(matching query: VideoQuery, page: PageRequest) throws -> VideoPage {
        let query = try query.validated()
        let position = try page.position(in: query.order)
        guard !query.asksForNothing else { return VideoPage([], limit: page.limit, order: query.order) }
        // One more shows whether there is a next page.
        let statement = PageStatement(query, after: position, count: page.limit + 1)
        let videos = try StoreFailure.translating { try fetch(statement.text, isCommon: statement.isCommon) }
        return VideoPage(videos, limit: page.limit, order: query.order)
    }

    /// Counts videos.
    ///
    /// - Parameter query: Which videos. A single condition among session, uploader, state, visibility and tag is counted
    ///   in an index, without looking at the videos.
    /// - Returns: How many there are.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func count(matching query: VideoQuery) throws -> Int {
        let query = try query.validated()
        guard !query.asksForNothing else { return 0 }
        let (text, isCommon) = { ($0.text, $0.isCommon) }(CountStatement(query))
        return try StoreFailure.translating {
            let statement = try isCommon ? db.cachedStatement(sql: text.sql) : db.makeStatement(sql: text.sql)
            return try Int.fetchOne(statement, arguments: StatementArguments(text.values)) ?? 0
        }
    }

    static let selectByID = "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v WHERE v.id = ?"
    static let selectByKey =
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v "
        + "WHERE v.object_key = ? AND v.deleted_at IS NULL"
}

#endif
