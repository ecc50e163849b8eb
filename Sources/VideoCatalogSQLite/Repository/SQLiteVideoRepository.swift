#if SQLite

public import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A catalog in an SQLite database: for hosts on one machine, of one process or several.
///
/// ```swift
/// let repository = try await SQLiteVideoRepository(path: path)
/// let video = try await repository.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
/// ```
///
/// Its tables can live in the host's own database file: ``init(_:clock:)`` takes the host's connections, ``write(_:)`` and
/// ``SQLiteVideoCatalog`` put its operations and the host's into one transaction.
///
/// Every method throws `CatalogError`, and `CancellationError` where the task was cancelled and nothing was
/// changed.
public struct SQLiteVideoRepository: VideoRepository {
    /// The connections to the database.
    public let writer: any DatabaseWriter
    let clock: CatalogClock

    /// Takes the host's own connections.
    ///
    /// The tables must be there: call ``migrate()``, or ``SQLiteVideoSchema/migrate(_:)`` in a migration of the host's.
    ///
    /// - Parameters:
    ///   - writer: A pool or a queue of GRDB's. A queue serves one read at a time.
    ///   - clock: What is the time.
    public init(_ writer: any DatabaseWriter, clock: @escaping CatalogClock = { Date() }) {
        self.writer = writer
        self.clock = clock
    }

    /// Brings the tables to the version of this package: all steps that are missing, or none.
    ///
    /// It does nothing if they have that version, and may be called by several processes at once.
    ///
    /// - Throws: `CatalogError`: `schemaTooNew` for tables of a later version, which are left alone; or what
    ///   the database failed with.
    public func migrate() async throws {
        try await StoreFailure.translating {
            // Looked up without a lock: a database that may only be read needs none.
            let isComplete = try await writer.read { db in try SQLiteVideoSchema.missingSteps(in: db) == nil }
            guard !isComplete else { return }
            try await writer.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    try SQLiteVideoSchema.migrate(db)
                    return .commit
                }
            }
        }
    }

    /// Adds a video.
    ///
    /// - Parameter video: What is known of it.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: `CatalogError`: `invalidFields`, `objectKeyTaken`, `idTaken`.
    @discardableResult
    public func insert(_ video: NewVideo) async throws -> Video {
        try await change { catalog in try catalog.insert(video) }
    }

    /// Finds a video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - includingDeleted: Whether to find it if it is deleted.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the database cannot be read.
    public func video(_ id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await read { catalog, _ in try catalog.video(id, includingDeleted: includingDeleted) }
    }

    /// Finds several videos.
    ///
    /// - Parameters:
    ///   - ids: Up to 1,000 identifiers.
    ///   - includingDeleted: Whether to find deleted ones.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func videos(_ ids: [Video.ID], includingDeleted: Bool) async throws -> [Video] {
        try await read { catalog, _ in try catalog.videos(ids, includingDeleted: includingDeleted) }
    }

    /// Finds the live video with an object key.
    ///
    /// - Parameter objectKey: The key, byte for byte.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the database cannot be read.
    public func video(objectKey: String) async throws -> Video? {
        try await read { catalog, _ in try catalog.video(objectKey: objectKey) }
    }

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: What to change.
    /// - Returns: The next version of the row.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`,
    ///   `objectKeyTaken`. A conflict carries the current row.
    @discardableResult
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await change { catalog in try catalog.update(id, expecting: version, changes) }
    }

    /// Lists videos.
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - page: How many, and after which.
    /// - Returns: The page.
    /// - Throws: `CatalogError`: `invalidArgument`, `invalidCursor`.
    public func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        try await read { catalog, _ in try catalog.videos(matching: query, page: page) }
    }

    /// Counts videos.
    ///
    /// - Parameter query: Which videos. A single condition among session, uploader, state, visibility and tag is counted
    ///   in an index, without looking at the videos.
    /// - Returns: How many there are.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func count(matching query: VideoQuery) async throws -> Int {
        try await read { catalog, _ in try catalog.count(matching: query) }
    }

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen; `nil` for whichever it is.
    /// - Returns: The deleted row. One that was deleted before is returned as it is, whatever the version.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`.
    @discardableResult
    public func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await change { catalog in try catalog.delete(id, expecting: version) }
    }

    /// Makes a deleted video live again.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The live row. One that is live already is returned as it is.
    /// - Throws: `CatalogError`: `notFound` for one that was purged, `objectKeyTaken`, `claimed`.
    @discardableResult
    public func restore(_ id: Video.ID) async throws -> Video {
        try await change { catalog in try catalog.restore(id) }
    }

    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: Which ones. Live videos are never removed.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: `CatalogError`: `invalidArgument`.
    @discardableResult
    public func purge(_ selection: PurgeSelection) async throws -> [Video] {
        try await change { catalog in try catalog.purge(selection) }
    }

    /// Takes videos for housekeeping, so that no other worker takes them while the claim lasts.
    ///
    /// - Parameters:
    ///   - task: What is to be done.
    ///   - limit: How many at most: 1 to 1,000.
    ///   - lease: How long the claim lasts: 1 second to 24 hours.
    /// - Returns: The videos that nobody else has claimed, those that are due the longest first.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> [VideoClaim] {
        try await change { catalog in try catalog.claim(task, limit: limit, lease: lease) }
    }

    /// Gives claims back before they run out.
    ///
    /// - Parameter claims: Any claims; those that ran out or are somebody else's by now are left alone.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func release(_ claims: [VideoClaim]) async throws {
        try await change { catalog in try catalog.release(claims) }
    }
}

#endif
