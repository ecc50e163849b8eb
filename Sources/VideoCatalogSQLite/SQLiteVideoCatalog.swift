#if SQLite

public import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The video catalog on one database connection: the operations of ``SQLiteVideoRepository`` without `await`.
///
/// With it, your app writes a row of its own and a video in one transaction:
///
/// ```swift
/// try await pool.write { db in
///     try course.insert(db)
///     try SQLiteVideoCatalog(db).insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
/// }
/// ```
///
/// Each operation takes effect as a whole or not at all. One that throws leaves the surrounding transaction unchanged
/// and usable. Outside a transaction, each operation runs in its own. Like the connection, the catalog must not leave
/// the closure that received it.
public struct SQLiteVideoCatalog {
    /// The connection to the database.
    public let db: Database
    let clock: CatalogClock
    /// A Boolean value that indicates whether the transaction holds one operation and is rolled back if it throws.
    private let ownsTransaction: Bool

    /// Creates a catalog on a connection.
    ///
    /// - Parameters:
    ///   - db: A connection to a database that has the catalog's tables.
    ///   - clock: Returns the current time.
    /// - Throws: `CatalogError` with the code `schemaMissing` or `schemaTooNew`, or with another code if the database
    ///   fails.
    public init(_ db: Database, clock: @escaping CatalogClock = { Date() }) throws {
        try self.init(db, clock: clock, ownsTransaction: false)
    }

    init(_ db: Database, clock: @escaping CatalogClock, ownsTransaction: Bool) throws {
        try SQLiteVideoSchema.check(db)
        self.db = db
        self.clock = clock
        self.ownsTransaction = ownsTransaction
    }

    // MARK: Reading

    /// Returns a video, as `VideoRepository/video(id:includingDeleted:)` does.
    public func video(id: Video.ID, includingDeleted: Bool = false) throws -> Video? {
        try ErrorTranslation.translating {
            try row(id, includingDeleted: includingDeleted)?.decoded()
        }
    }

    /// Returns several videos, as `VideoRepository/videos(ids:includingDeleted:)` does.
    public func videos(ids: [Video.ID], includingDeleted: Bool = false) throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(ids.count)
        var seen = Set<Video.ID>()
        return try ErrorTranslation.translating {
            VideoBatch(
                try ids.compactMap { id -> StoredRow? in
                    seen.insert(id).inserted ? try row(id, includingDeleted: includingDeleted) : nil
                })
        }
    }

    /// Returns the videos with several object keys, as `VideoRepository/videos(objectKeys:includingDeleted:)` does.
    public func videos(objectKeys: [String], includingDeleted: Bool = false) throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(objectKeys.count)
        var seen = Set<[UInt8]>()
        return try ErrorTranslation.translating {
            VideoBatch(
                try objectKeys.flatMap { key -> [StoredRow] in
                    guard !key.utf8.contains(0), seen.insert(Array(key.utf8)).inserted else { return [] }
                    let live = try fetch(Self.selectByKey, key.databaseValue)
                    return try includingDeleted ? live + fetch(Self.selectDeletedByKey, key.databaseValue) : live
                })
        }
    }

    /// See `VideoRepository/video(objectKey:)`.
    public func video(objectKey: String) throws -> Video? {
        // SQLite ends a bound string at NUL. No video has such a key, but one may have the part before it.
        guard !objectKey.utf8.contains(0) else { return nil }
        return try ErrorTranslation.translating {
            try fetch(Self.selectByKey, objectKey.databaseValue).first?.decoded()
        }
    }

    /// See `VideoRepository/videos(matching:page:)`.
    public func videos(matching query: VideoQuery, page: PageRequest) throws -> VideoPage {
        let query = try RepositorySupport.validatedQuery(query)
        let position = try RepositorySupport.startPosition(of: page, in: query.order)
        guard !query.matchesNothing else { return VideoPage(videos: [], next: nil) }
        // One row more than the limit tells whether there is a next page.
        let select = PageStatement(query, after: position, count: page.limit + 1)
        return try ErrorTranslation.translating {
            let statement = try prepared(select.sql, isCached: select.isCached)
            let rows = try Row.fetchCursor(statement, arguments: StatementArguments(values: select.sql.values))
            return try RepositorySupport.makePage(for: page, order: query.order) {
                try rows.next().map { try VideoRow(row: $0).stored() }
            }
        }
    }

    /// Returns the number of matching videos, as `VideoRepository/count(matching:)` does.
    ///
    /// With a single condition on session, uploader, state, visibility or tag, SQLite counts in an index without
    /// reading the videos.
    ///
    /// - Parameter query: The videos to count.
    /// - Returns: The number of videos.
    /// - Throws: `CatalogError` with the code `invalidArgument`, or with another code if the database can't be read.
    public func count(matching query: VideoQuery) throws -> Int {
        let query = try RepositorySupport.validatedQuery(query)
        guard !query.matchesNothing else { return 0 }
        let select = CountStatement(query)
        return try ErrorTranslation.translating {
            let statement = try prepared(select.sql, isCached: select.isCached)
            return try Int.fetchOne(statement, arguments: StatementArguments(values: select.sql.values)) ?? 0
        }
    }

    // MARK: Changing

    /// Inserts a video, as `VideoRepository/insert(_:within:)` does.
    @discardableResult
    public func insert(_ video: NewVideo, within limits: UploadLimits = .none) throws -> Video {
        let now = RepositorySupport.rounded(clock())
        let video = try RepositorySupport.insertedVideo(from: video, at: now)
        try RepositorySupport.checkLimits(limits, for: video, at: now)
        return try atomically {
            // Nothing comes between: another connection's insertion makes this one fail or wait.
            let usage = limits == .none ? nil : try usage(of: video.uploadedBy, at: now)
            do {
                try execute(Self.insertVideo, VideoColumns.values(of: video))
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                if let holder = try row(video.id, includingDeleted: true) {
                    throw CatalogError.idTaken(video.id, by: holder.video)
                }
                throw try keyConflict(of: video) ?? error
            }
            try checkUploadKeys(of: video)
            if let usage { try RepositorySupport.checkUsage(usage, adding: video, within: limits, at: now) }
            try insertTags(of: video)
            try insertKeys(of: video)
            return video
        }
    }

    /// See `VideoRepository/update(_:expecting:_:)`.
    @discardableResult
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) throws -> Video {
        try atomically {
            let current = try existingVideo(id)
            let updated = try RepositorySupport.updatedVideo(
                current, applying: changes, expecting: version, at: clock())
            try store(updated)
            if changes.tags.isSet {
                try execute("DELETE FROM video_catalog_tags WHERE video_id = ?", [id.uuid.databaseValue])
                try insertTags(of: updated)
            }
            try storeKeys(of: updated, replacing: current)
            return updated
        }
    }

    /// Soft-deletes a video, as `VideoRepository/delete(_:expecting:)` does.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int? = nil) throws -> Video {
        try atomically {
            let current = try existingVideo(id)
            guard !current.isDeleted else { return current }
            return try storeWithTags(RepositorySupport.deletedVideo(current, expecting: version, at: clock()))
        }
    }

    /// See `VideoRepository/restore(_:)`.
    @discardableResult
    public func restore(_ id: Video.ID) throws -> Video {
        try atomically {
            let current = try existingVideo(id)
            guard current.isDeleted else { return current }
            let now = RepositorySupport.rounded(clock())
            let restored = try RepositorySupport.restoredVideo(current, at: now)
            let claims = "SELECT 1 FROM video_catalog_videos WHERE id = ? AND claim_expires_at > ?"
            let arguments = StatementArguments(values: [id.uuid.databaseValue, VideoColumns.value(now)])
            if try Int.fetchOne(db.cachedStatement(sql: claims), arguments: arguments) != nil {
                throw CatalogError.claimed(current)
            }
            return try storeWithTags(restored)
        }
    }

    private func existingVideo(_ id: Video.ID) throws -> Video {
        guard let row = try row(id, includingDeleted: true) else { throw CatalogError.notFound(id) }
        return try row.decoded()
    }

    private func row(_ id: Video.ID, includingDeleted: Bool) throws -> StoredRow? {
        try fetch(includingDeleted ? Self.selectByID : Self.selectLiveByID, id.uuid.databaseValue).first
    }

    func store(_ video: Video) throws {
        do {
            try execute(Self.updateVideo, VideoColumns.values(of: video) + [video.id.uuid.databaseValue])
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw try keyConflict(of: video) ?? error
        }
        try checkUploadKeys(of: video)
    }

    /// Stores a video that was deleted or restored, and copies that to the rows of its tags.
    private func storeWithTags(_ video: Video) throws -> Video {
        try store(video)
        if !video.tags.isEmpty {
            try execute(
                "UPDATE video_catalog_tags SET is_deleted = ? WHERE video_id = ?",
                [VideoColumns.isDeleted(video), video.id.uuid.databaseValue])
        }
        return video
    }

    private func insertTags(of video: Video) throws {
        for tag in video.tags {
            try execute(
                "INSERT INTO video_catalog_tags (video_id, tag, is_deleted, created_at) VALUES (?, ?, ?, ?)",
                [
                    video.id.uuid.databaseValue, tag.databaseValue, VideoColumns.isDeleted(video),
                    VideoColumns.value(video.createdAt),
                ])
        }
    }

    // MARK: Running statements

    /// Makes changes as a whole or not at all.
    func atomically<T>(_ changes: () throws -> T) throws -> T {
        try ErrorTranslation.translating {
            guard !ownsTransaction else { return try changes() }
            var result: T?
            try db.inSavepoint {
                result = try changes()
                return .commit
            }
            guard let result else { throw ErrorTranslation.transactionEnded }
            return result
        }
    }

    func execute(_ sql: String, _ values: [DatabaseValue]) throws {
        try db.cachedStatement(sql: sql).execute(arguments: StatementArguments(values: values))
    }

    func fetch(_ sql: String, _ values: DatabaseValue...) throws -> [StoredRow] {
        let arguments = StatementArguments(values: values)
        let rows = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
        var found = [StoredRow]()
        while let row = try rows.next() { found.append(try VideoRow(row: row).stored()) }
        return found
    }

    private func prepared(_ fragment: SQLFragment, isCached: Bool) throws -> Statement {
        try isCached ? db.cachedStatement(sql: fragment.sql) : db.makeStatement(sql: fragment.sql)
    }

    static let selectByID = "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v WHERE v.id = ?"
    private static let selectLiveByID = "\(selectByID) AND v.deleted_at IS NULL"
    static let selectByKey =
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v "
        + "WHERE v.object_key = ? AND v.deleted_at IS NULL"
    private static let selectDeletedByKey =
        "SELECT \(VideoColumns.list(of: "v")) FROM video_catalog_videos AS v "
        + "WHERE v.object_key = ? AND v.deleted_at IS NOT NULL ORDER BY v.deleted_at DESC, v.id"
    private static let insertVideo =
        "INSERT INTO video_catalog_videos (\(VideoColumns.written.joined(separator: ", "))) VALUES ("
        + VideoColumns.written.map { _ in "?" }.joined(separator: ", ") + ")"
    private static let updateVideo =
        "UPDATE video_catalog_videos SET "
        + VideoColumns.written.map { "\($0) = ?" }.joined(separator: ", ") + " WHERE id = ?"
}

extension StatementArguments {
    /// Creates arguments from values, in the order of the parameters.
    ///
    /// GRDB's initializer for values of one type maps them with a generic key path. To create that takes longer than to
    /// run many a statement.
    init(values: [DatabaseValue]) { self.init(values.map { $0 as (any DatabaseValueConvertible)? }) }
}

#endif
