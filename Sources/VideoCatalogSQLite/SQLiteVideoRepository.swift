#if SQLite

public import GRDB
public import VideoCatalog

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A video catalog in an SQLite database, for apps on one machine with one process or several.
///
/// ```swift
/// let repository = try await SQLiteVideoRepository(path: path)
/// let video = try await repository.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
/// ```
///
/// The catalog's tables can live in your app's own database file: ``init(_:clock:)`` uses your app's connections, and
/// ``write(_:)`` and ``SQLiteVideoCatalog`` put the catalog's changes and your own into one transaction.
///
/// Every method throws a `CatalogError`, or a `CancellationError` if the task was canceled and nothing was changed.
public struct SQLiteVideoRepository: Sendable {
    /// The connections to the database.
    public let writer: any DatabaseWriter
    private let clock: CatalogClock

    /// Creates a repository on your app's own connections.
    ///
    /// The catalog's tables must exist: call ``migrate()``, or ``SQLiteVideoSchema/migrate(_:)`` in one of your
    /// migrations.
    ///
    /// - Parameters:
    ///   - writer: A database pool or queue. A queue serves one read at a time.
    ///   - clock: Returns the current time.
    public init(_ writer: any DatabaseWriter, clock: @escaping CatalogClock = { Date() }) {
        self.writer = writer
        self.clock = clock
    }

    /// Migrates the catalog's tables to the version of this package.
    ///
    /// Runs all missing steps or none. Does nothing if the tables have that version already. Several processes can call
    /// it at once.
    ///
    /// - Throws: `CatalogError` with the code `schemaTooNew` if the tables have a later version, which are left
    ///   unchanged, or with another code if the database fails.
    public func migrate() async throws {
        try await ErrorTranslation.translating {
            // Checked without a lock, so that a read-only database needs none.
            let isCurrent = try await writer.read { db in try SQLiteVideoSchema.missingSteps(in: db) == nil }
            guard !isCurrent else { return }
            try await writer.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    try SQLiteVideoSchema.migrate(db)
                    return .commit
                }
            }
        }
    }

    /// Changes videos and your app's own rows in one transaction.
    ///
    /// ```swift
    /// try await repository.write { catalog, db in
    ///     try course.insert(db)
    ///     try catalog.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
    /// }
    /// ```
    ///
    /// - Parameter body: Makes the changes in an immediate transaction, which is rolled back if the closure throws. The
    ///   catalog and the connection must not leave the closure. The closure may catch an error that the catalog throws:
    ///   that operation has changed nothing.
    /// - Returns: The closure's result.
    /// - Throws: The closure's error, or a `CatalogError` if the transaction can't begin or end.
    public func write<Result: Sendable>(
        _ body: @Sendable (SQLiteVideoCatalog, Database) throws -> Result
    ) async throws -> Result {
        try await transact(forOneOperation: false, body)
    }

    /// Reads videos and your app's own rows in the same state of the database.
    ///
    /// - Parameter body: Reads from the catalog and the connection, which must not leave the closure.
    /// - Returns: The closure's result.
    /// - Throws: The closure's error, or a `CatalogError` if the database can't be read.
    public func read<Result: Sendable>(
        _ body: @Sendable (SQLiteVideoCatalog, Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await writer.read { [clock] db in
                let catalog = try SQLiteVideoCatalog(db, clock: clock)
                do { return try body(catalog, db) } catch { throw ClosureError(underlying: error) }
            }
        } catch let error as ClosureError {
            throw error.underlying
        } catch {
            throw ErrorTranslation.translate(error)
        }
    }

    /// Returns the catalog on a connection, such as that of a transaction that your app has begun.
    ///
    /// - Parameter db: A connection to the database. It must not leave the closure that received it.
    /// - Returns: A catalog with this repository's clock.
    /// - Throws: `CatalogError` with the code `schemaMissing` or `schemaTooNew`, or with another code if the database
    ///   fails.
    public func catalog(in db: Database) throws -> SQLiteVideoCatalog { try SQLiteVideoCatalog(db, clock: clock) }

    /// Runs one operation in a transaction of its own.
    func change<Result: Sendable>(
        _ operation: @Sendable (SQLiteVideoCatalog) throws -> Result
    ) async throws -> Result {
        try await transact(forOneOperation: true) { catalog, _ in try operation(catalog) }
    }

    private func transact<Result: Sendable>(
        forOneOperation: Bool, _ body: @Sendable (SQLiteVideoCatalog, Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await writer.writeWithoutTransaction { [clock] db in
                var result: Result?
                do {
                    try db.inTransaction(.immediate) {
                        let catalog = try SQLiteVideoCatalog(db, clock: clock, ownsTransaction: forOneOperation)
                        do { result = try body(catalog, db) } catch { throw ClosureError(underlying: error) }
                        return .commit
                    }
                } catch {
                    throw ErrorTranslation.translate(error, isCommit: result != nil)
                }
                guard let result else { throw ErrorTranslation.transactionEnded }
                return result
            }
        } catch let error as ClosureError {
            throw error.underlying
        } catch {
            throw ErrorTranslation.translate(error)
        }
    }
}

/// An error that the caller's closure threw, and that is passed on without translation.
private struct ClosureError: Error {
    let underlying: any Error
}

#endif
