#if SQLite

public import GRDB
internal import VideoCatalog

extension SQLiteVideoRepository {
    /// Changes videos and the host's own rows together, or neither.
    ///
    /// ```swift
    /// try await repository.write { catalog, db in
    ///     try course.insert(db)
    ///     try catalog.insert(NewVideo(title: "Lecture 1", objectKey: key, uploadedBy: "42"))
    /// }
    /// ```
    ///
    /// - Parameter body: Makes the changes in an immediate transaction, which is rolled back if it throws. The catalog and
    ///   the connection must not leave it. An operation of the catalog that throws may be caught: it has changed nothing.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; or `CatalogError` if the transaction cannot begin or end.
    public func write<Result: Sendable>(
        _ body: @Sendable (SQLiteVideoCatalog, Database) throws -> Result
    ) async throws -> Result {
        try await transact(isAlone: false, body)
    }

    /// Reads videos and the host's own rows in the same state of the database.
    ///
    /// - Parameter body: Reads. The catalog and the connection must not leave it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; or `CatalogError` if the database cannot be read.
    public func read<Result: Sendable>(
        _ body: @Sendable (SQLiteVideoCatalog, Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await writer.read { [clock] db in
                let catalog = try SQLiteVideoCatalog(db, clock: clock, isAlone: false)
                do { return try body(catalog, db) } catch { throw BodyError(error: error) }
            }
        } catch let error as BodyError {
            throw error.error
        } catch {
            throw StoreFailure.translate(error)
        }
    }

    /// The catalog on a connection, such as that of a transaction that the host has begun.
    ///
    /// - Parameter db: A connection to the database, which must not leave the closure that was given it.
    /// - Returns: The operations, with this repository's clock.
    /// - Throws: `CatalogError`: `schemaMissing`, `schemaTooNew`, or what the database failed with.
    public func catalog(in db: Database) throws -> SQLiteVideoCatalog { try SQLiteVideoCatalog(db, clock: clock) }

    /// Runs one operation in a transaction of its own.
    func change<Result: Sendable>(
        _ operation: @Sendable (SQLiteVideoCatalog) throws -> Result
    ) async throws -> Result {
        try await transact(isAlone: true) { catalog, _ in try operation(catalog) }
    }

    private func transact<Result: Sendable>(
        isAlone: Bool, _ body: @Sendable (SQLiteVideoCatalog, Database) throws -> Result
    ) async throws -> Result {
        do {
            return try await writer.writeWithoutTransaction { [clock] db in
                var result: Result?
                do {
                    try db.inTransaction(.immediate) {
                        let catalog = try SQLiteVideoCatalog(db, clock: clock, isAlone: isAlone)
                        do { result = try body(catalog, db) } catch { throw BodyError(error: error) }
                        return .commit
                    }
                } catch {
                    throw StoreFailure.translate(error, isCommit: result != nil)
                }
                guard let result else {
                    throw CatalogError(.storeFailure, "the transaction ended before the operation did")
                }
                return result
            }
        } catch let error as BodyError {
            throw error.error
        } catch {
            throw StoreFailure.translate(error)
        }
    }
}

/// What the caller's closure threw, which is the caller's and not translated.
private struct BodyError: Error {
    let error: any Error
}

#endif
