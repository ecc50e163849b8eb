public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A catalog of videos in PostgreSQL.
///
/// A repository works over a source of sessions, such as a connection pool:
///
/// ```swift
/// let pool = try LibPQPool(LibPQPoolConfiguration(connectionString: url))
/// try await PostgresMigrator().migrate(pool)
/// let repository = PostgresVideoRepository(pool)
/// ```
///
/// Each operation changes rows with one statement or in one transaction of its own. So the repository also works
/// through poolers in transaction mode. After a serialization failure the statement or transaction runs again, a few
/// times. If the connection breaks, a read runs again once on another one, while a change throws `outcomeUnknown`
/// unless the server can't have made it.
///
/// A repository can also work in one ``PostgresSession``, where its changes are part of the transaction that your app
/// has opened:
///
/// ```swift
/// try await pool.withTransaction { session in
///     let video = try await PostgresVideoRepository(session: session).insert(newVideo)
///     _ = try await session.query(
///         PostgresStatement("INSERT INTO lesson (video) VALUES ($1)", [.uuid(video.id.uuid)]))
/// }
/// ```
///
/// There, each operation runs under a savepoint, so that an error of the catalog leaves the transaction usable. Without
/// an open transaction, each operation is a transaction of its own. Nothing is retried in a session. After a
/// serialization failure (SQLSTATE 40001 or 40P01) an operation throws `unavailable`, and your app runs its whole
/// transaction again. ``withTransaction(isolation:retries:_:)`` does so for you.
///
/// The repository needs PostgreSQL 13, or a compatible server with `INSERT … ON CONFLICT DO NOTHING`,
/// `FOR UPDATE SKIP LOCKED`, `RETURNING`, row comparisons, and `unnest` of several arrays.
public struct PostgresVideoRepository: VideoRepository {
    let runner: any StatementRunner
    let check: SchemaCheck
    let schema: PostgresSchema
    let statements: CatalogStatements
    let clock: CatalogClock

    /// Creates a repository over a source of sessions.
    ///
    /// This sends nothing yet. The tables must have been created by ``PostgresMigrator``.
    ///
    /// - Parameters:
    ///   - source: The source of sessions, such as a connection pool. Your app can use it for other work, too, and
    ///     closes it.
    ///   - schema: The schema of the tables.
    ///   - schemaCheckInterval: The maximum time after which the repository notices that a later version of this
    ///     package has migrated the tables, from 0 seconds to 1 hour. Then it throws `schemaTooNew`.
    ///   - clock: The source of the current date.
    public init(
        _ source: any PostgresSessionSource, schema: PostgresSchema = .standard,
        schemaCheckInterval: Duration = .seconds(10), clock: @escaping CatalogClock = { Date() }
    ) {
        self.init(SourceRunner(source: source), schema, SchemaCheck(interval: schemaCheckInterval), clock)
    }

    /// Creates a repository in a session.
    ///
    /// - Parameters:
    ///   - session: The session, in a transaction or not. The repository never closes it.
    ///   - schema: The schema of the tables.
    ///   - schemaCheckInterval: The maximum time after which the repository notices that a later version of this
    ///     package has migrated the tables, from 0 seconds to 1 hour. Then it throws `schemaTooNew`.
    ///   - clock: The source of the current date.
    public init(
        session: any PostgresSession, schema: PostgresSchema = .standard,
        schemaCheckInterval: Duration = .seconds(10), clock: @escaping CatalogClock = { Date() }
    ) {
        self.init(SessionRunner(session: session), schema, SchemaCheck(interval: schemaCheckInterval), clock)
    }

    private init(
        _ runner: any StatementRunner, _ schema: PostgresSchema, _ check: SchemaCheck, _ clock: @escaping CatalogClock
    ) {
        self.runner = runner
        self.schema = schema
        self.check = check
        self.clock = clock
        statements = CatalogStatements(schema)
    }

    private init(_ other: PostgresVideoRepository, _ runner: any StatementRunner) {
        self.runner = runner
        (schema, statements, check, clock) = (other.schema, other.statements, other.check, other.clock)
    }

    // MARK: - Transactions

    /// Returns a repository in a session, with the same tables and clock.
    ///
    /// - Parameter session: The session, in a transaction or not.
    /// - Returns: A repository that is valid as long as the session.
    public func bound(to session: any PostgresSession) -> PostgresVideoRepository {
        PostgresVideoRepository(self, SessionRunner(session: session))
    }

    /// Runs a function in a transaction, in which your app's rows and the catalog's are written together or not at all.
    ///
    /// ```swift
    /// let video = try await repository.withTransaction { videos, session in
    ///     let video = try await videos.insert(newVideo)
    ///     _ = try await session.query(
    ///         PostgresStatement("INSERT INTO lesson (video) VALUES ($1)", [.uuid(video.id.uuid)]))
    ///     return video
    /// }
    /// ```
    ///
    /// If this repository works in a session with an open transaction, the function runs under a savepoint of that
    /// transaction. The isolation level and the retry policy then don't apply.
    ///
    /// - Parameters:
    ///   - isolation: The isolation level.
    ///   - retries: Whether to run the function again after a serialization failure or a deadlock, if it throws the
    ///     error as it got it.
    ///   - body: The function. It gets a repository and the session, and must not use them after it returns.
    /// - Returns: The function's result, after the commit.
    /// - Throws: The function's error, after the rollback. A `CatalogError`: `outcomeUnknown` if the connection broke
    ///   during the commit, `unavailable` if no session is available. `CancellationError` if the task is canceled.
    @discardableResult
    public func withTransaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted, retries: PostgresRetryPolicy = .never,
        _ body: @escaping @Sendable (PostgresVideoRepository, any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await runner.transaction(isolation: isolation, retries: retries) { runner in
            try await body(PostgresVideoRepository(self, runner), runner.session)
        }
    }

    // MARK: - Lookups

    /// See `VideoRepository.video(id:includingDeleted:)`.
    public nonisolated(nonsending) func video(id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        let sql = includingDeleted ? statements.video : statements.liveVideo
        return try await read(PostgresStatement(sql, [.uuid(id.uuid)])).firstVideo()
    }

    /// See `VideoRepository.videos(ids:includingDeleted:)`.
    public func videos(ids: [Video.ID], includingDeleted: Bool) async throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(ids.count)
        guard !ids.isEmpty else { return VideoBatch(videos: []) }
        let sql = includingDeleted ? statements.videos : statements.liveVideos
        let result = try await read(PostgresStatement(sql, [.uuidArray(ids.map(\.uuid))]))
        var found = [Video.ID: StoredRow](minimumCapacity: result.rowCount)
        for row in try result.storedRows() { found[row.id] = row }
        return VideoBatch(ids.compactMap { found.removeValue(forKey: $0) })
    }

    /// See `VideoRepository.videos(objectKeys:includingDeleted:)`.
    public func videos(objectKeys: [String], includingDeleted: Bool) async throws -> VideoBatch {
        try RepositorySupport.checkBatchSize(objectKeys.count)
        var seen = Set<[UInt8]>()
        // PostgreSQL rejects NUL, and no video has one.
        let keys = objectKeys.filter { !$0.utf8.contains(0) && seen.insert(Array($0.utf8)).inserted }
        guard !keys.isEmpty else { return VideoBatch(videos: []) }
        let sql = includingDeleted ? statements.videosByKeys : statements.liveVideosByKeys
        return VideoBatch(try await read(PostgresStatement(sql, [.textArray(keys)])).storedRows())
    }

    /// See `VideoRepository.video(objectKey:)`.
    public func video(objectKey: String) async throws -> Video? {
        // PostgreSQL rejects NUL, and no video has one.
        guard !objectKey.utf8.contains(0) else { return nil }
        return try await read(PostgresStatement(statements.videoByKey, [.text(objectKey)])).firstVideo()
    }

    /// See `VideoRepository.videos(matching:page:)`.
    public func videos(matching query: VideoQuery, page: PageRequest) async throws -> VideoPage {
        let query = try RepositorySupport.validatedQuery(query)
        let position = try RepositorySupport.startPosition(of: page, in: query.order)
        guard !ListStatement.isEmpty(query) else { return VideoPage(videos: [], next: nil) }
        let statement = ListStatement(query, in: schema).page(after: position, limit: page.limit)
        return RepositorySupport.makePage(from: try await read(statement).storedRows(), for: page, order: query.order)
    }

    /// See `VideoRepository.count(matching:)`.
    public func count(matching query: VideoQuery) async throws -> Int {
        let query = try RepositorySupport.validatedQuery(query)
        guard !ListStatement.isEmpty(query) else { return 0 }
        guard let count = try await read(ListStatement(query, in: schema).count()).firstInteger else {
            throw CatalogError(.storeFailure, "The session returned no count for a SELECT count(*).")
        }
        return count
    }
}
