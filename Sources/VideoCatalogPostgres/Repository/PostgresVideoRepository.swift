#if Postgres
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import VideoCatalog

/// The catalog on PostgreSQL, for more than one machine.
///
/// ```swift
/// let pool = try PostgresPool(PostgresPoolConfiguration(connectionString: url))
/// try await PostgresMigrator().migrate(pool)
/// let repository = PostgresVideoRepository(pool)
/// ```
///
/// Whatever an operation changes, it changes by one statement, which happens wholly or not at all; so it works through
/// poolers in transaction mode, too. What the server rolls back because of other transactions is tried again a few times. A
/// connection that breaks during a read is replaced once; during a change, the error is `outcomeUnknown`.
///
/// It relies on PostgreSQL 13, or what speaks its protocol with `INSERT … ON CONFLICT DO NOTHING`,
/// `FOR UPDATE SKIP LOCKED`, `RETURNING`, comparisons of rows, and `unnest` of several arrays.
public struct PostgresVideoRepository: VideoRepository {
    let catalog: PostgresVideoCatalog
    let pool: PostgresPool

    /// Takes a pool, which may serve others, too.
    ///
    /// Nothing is sent yet. The tables must have been made by ``PostgresMigrator``.
    ///
    /// - Parameters:
    ///   - pool: The pool. It is the caller's to shut it down.
    ///   - schema: Where the tables are.
    ///   - clock: What is the time.
    public init(
        _ pool: PostgresPool, schema: PostgresSchema = .standard, clock: @escaping CatalogClock = { Date() }
    ) {
        self.pool = pool
        catalog = PostgresVideoCatalog(PoolRunner(pool: pool), schema: schema, clock: clock)
    }

    /// The catalog in a session of the host's, with the same tables and clock.
    ///
    /// - Parameter session: The session, within a transaction or not; see ``PostgresVideoCatalog``.
    /// - Returns: The catalog; good for as long as the session.
    public func using(_ session: any PostgresSession) -> PostgresVideoCatalog {
        PostgresVideoCatalog(catalog, runner: SessionRunner(session: session))
    }

    /// Adds a video.
    ///
    /// - Parameter video: What is known of it.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: `CatalogError`: `invalidFields`, `objectKeyTaken`, `idTaken`.
    public func insert(_ video: NewVideo) async throws -> Video { try await catalog.insert(video) }

    /// Finds a video by one prepared statement.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - includingDeleted: Whether to find it if it is deleted.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the store cannot be read.
    public func video(_ id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await catalog.find(id, includingDeleted: includingDeleted)
    }

    /// Finds several videos.
    ///
    /// - Parameters:
    ///   - ids: Up to 1,000 identifiers.
    ///   - includingDeleted: Whether to find deleted ones.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func videos(_ ids: [Video.ID], includingDeleted: Bool) async throws -> [Video] {
        try await catalog.videos(ids, includingDeleted: includingDeleted)
    }

    /// Finds the live video with an object key.
    ///
    /// - Parameter objectKey: The key, byte for byte.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the store cannot be read.
    public func video(objectKey: String) async throws -> Video? { try await catalog.video(objectKey: objectKey) }

    /// Changes a live video.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen.
    ///   - changes: What to change.
    /// - Returns: The next version of the row.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`, `illegalTransition`, `invalidFields`,
    ///   `objectKeyTaken`.
    public func update(_ id: Video.ID, expecting version: Int, _ changes: VideoChanges) async throws -> Video {
        try await catalog.update(id, expecting: version, changes)
    }

    /// Lists videos.
    ///
    /// - Parameters:
    ///   - query: Which videos, and in which order.
    ///   - page: How many, and after which.
    /// - Returns: The page.
    /// - Throws: `CatalogError`: `invalidArgument`, `invalidCursor`.
    public func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        try await catalog.videos(matching: query, page: page)
    }

    /// Counts videos.
    ///
    /// - Parameter query: Which videos.
    /// - Returns: How many there are.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func count(matching query: VideoQuery) async throws -> Int { try await catalog.count(matching: query) }

    /// Deletes a video so that it can be restored.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - version: The version that the caller has seen; `nil` for whichever it is.
    /// - Returns: The deleted row. One that was deleted before is returned as it is, whatever the version.
    /// - Throws: `CatalogError`: `notFound`, `versionConflict`.
    public func delete(_ id: Video.ID, expecting version: Int?) async throws -> Video {
        try await catalog.delete(id, expecting: version)
    }

    /// Makes a deleted video live again.
    ///
    /// - Parameter id: Its identifier.
    /// - Returns: The live row. One that is live already is returned as it is.
    /// - Throws: `CatalogError`: `notFound`, `objectKeyTaken`, `claimed`.
    public func restore(_ id: Video.ID) async throws -> Video { try await catalog.restore(id) }

    /// Removes deleted videos for good.
    ///
    /// - Parameter selection: Which ones. Live videos are never removed, and those that another transaction is changing at
    ///   the moment are left for later.
    /// - Returns: The rows that were removed, whose objects may now be deleted.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func purge(_ selection: PurgeSelection) async throws -> [Video] { try await catalog.purge(selection) }

    /// Takes videos for housekeeping, so that no other worker takes them while the claim lasts.
    ///
    /// - Parameters:
    ///   - task: What is to be done.
    ///   - limit: How many at most: 1 to 1,000.
    ///   - lease: How long the claim lasts: 1 second to 24 hours.
    /// - Returns: The videos that nobody else has claimed, those that are due the longest first. Those that another
    ///   transaction is changing at the moment are left out.
    /// - Throws: `CatalogError`: `invalidArgument`.
    public func claim(_ task: HousekeepingTask, limit: Int, lease: Duration) async throws -> [VideoClaim] {
        try await catalog.claim(task, limit: limit, lease: lease)
    }

    /// Gives claims back before they run out.
    ///
    /// - Parameter claims: Any claims; those that ran out or are somebody else's by now are left alone.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func release(_ claims: [VideoClaim]) async throws { try await catalog.release(claims) }
}
#endif
