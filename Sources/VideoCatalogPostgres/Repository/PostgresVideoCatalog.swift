#if Postgres
#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import VideoCatalog

/// The catalog in a session of the host's: what it does becomes part of the transaction that the host has begun there.
///
/// ```swift
/// try await pool.withTransaction { connection in
///     let video = try await PostgresVideoCatalog(connection).insert(newVideo)
///     _ = try await connection.query(
///         PostgresStatement("INSERT INTO lesson (video) VALUES ($1)", [.uuid(video.id.uuid)]))
/// }
/// ```
///
/// Each operation runs under a savepoint: what it refuses leaves the transaction as it was, and usable. A session that is in
/// no transaction can be used, too: the server refuses the savepoint there, and the operation is a transaction of its own.
///
/// Within a transaction, nothing can be tried again by itself. A collision with others (SQLSTATE 40001 or 40P01) gives
/// `unavailable`: the host runs its whole transaction again.
public struct PostgresVideoCatalog: VideoRepository {
    let runner: any StatementRunner
    let schema: PostgresSchema
    let statements: CatalogStatements
    let check: SchemaCheck
    let clock: CatalogClock

    /// Takes a session.
    ///
    /// - Parameters:
    ///   - session: The session. It is never closed.
    ///   - schema: Where the tables are.
    ///   - clock: What is the time.
    public init(
        _ session: any PostgresSession, schema: PostgresSchema = .standard,
        clock: @escaping CatalogClock = { Date() }
    ) {
        self.init(SessionRunner(session: session), schema: schema, clock: clock)
    }

    init(_ runner: any StatementRunner, schema: PostgresSchema, clock: @escaping CatalogClock) {
        self.runner = runner
        self.schema = schema
        self.clock = clock
        statements = CatalogStatements(schema)
        check = SchemaCheck()
    }

    /// Another one that runs its statements elsewhere.
    init(_ other: PostgresVideoCatalog, runner: any StatementRunner) {
        self.runner = runner
        (schema, statements, check, clock) = (other.schema, other.statements, other.check, other.clock)
    }

    /// Adds a video.
    ///
    /// - Parameter video: What is known of it.
    /// - Returns: The row as it is stored, in version 1.
    /// - Throws: `CatalogError`: `invalidFields`, `objectKeyTaken`, `idTaken`.
    public func insert(_ video: NewVideo) async throws -> Video {
        let inserted = try video.inserted(at: clock())
        let statement = PostgresStatement(statements.insert, try inserted.parameters())
        for _ in 0..<Self.attempts {
            if try await write(statement)?.affectedRows == 1 { return inserted }
            if let current = try await self.video(inserted.id, includingDeleted: true) {
                throw CatalogError.idTaken(inserted.id, by: current)
            }
            if let current = try await self.video(objectKey: inserted.objectKey) {
                throw CatalogError.objectKeyTaken(inserted.objectKey, by: current)
            }
            // Whoever stood in the way is gone by now.
        }
        throw Self.overtaken(inserted.id)
    }

    /// Finds a video by one prepared statement.
    ///
    /// - Parameters:
    ///   - id: Its identifier.
    ///   - includingDeleted: Whether to find it if it is deleted.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the store cannot be read.
    public func video(_ id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        try await find(id, includingDeleted: includingDeleted)
    }

    /// Finds several videos.
    ///
    /// - Parameters:
    ///   - ids: Up to 1,000 identifiers.
    ///   - includingDeleted: Whether to find deleted ones.
    /// - Returns: The videos that there are, in the order of the identifiers; each of them once.
    /// - Throws: `CatalogError`: `invalidArgument` for more than 1,000.
    public func videos(_ ids: [Video.ID], includingDeleted: Bool) async throws -> [Video] {
        try CatalogError.check(count: ids.count)
        guard !ids.isEmpty else { return [] }
        let result = try await read(PostgresStatement(statements.videos, [.uuidArray(ids.map(\.uuid))]))
        var found = [Video.ID: Video](minimumCapacity: result.rowCount)
        for video in try result.videos() where includingDeleted || !video.isDeleted { found[video.id] = video }
        return ids.compactMap { found.removeValue(forKey: $0) }
    }

    /// Finds the live video with an object key.
    ///
    /// - Parameter objectKey: The key, byte for byte.
    /// - Returns: The video, or `nil`.
    /// - Throws: `CatalogError` if the store cannot be read.
    public func video(objectKey: String) async throws -> Video? {
        // PostgreSQL takes no NUL, and no video has one.
        guard !objectKey.utf8.contains(0) else { return nil }
        return try await read(PostgresStatement(statements.videoByKey, [.text(objectKey)])).firstVideo()
    }
}

extension PostgresVideoCatalog {
    /// How often an operation begins anew because others were quicker.
    static let attempts = 100

    static func overtaken(_ id: Video.ID) -> CatalogError {
        CatalogError(.unavailable, "others changed the video \(id) \(attempts) times meanwhile: try again")
    }

    /// Finds a video without a change of executors on the way.
    nonisolated(nonsending) func find(_ id: Video.ID, includingDeleted: Bool) async throws -> Video? {
        let video = try await read(PostgresStatement(statements.video, [.uuid(id.uuid)])).firstVideo()
        return video?.isDeleted == true && !includingDeleted ? nil : video
    }

    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        if !check.isPassed { try await check.run(schema, by: runner) }
        return try await runner.read(statement)
    }

    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        if !check.isPassed { try await check.run(schema, by: runner) }
        return try await runner.write(statement)
    }
}
#endif
