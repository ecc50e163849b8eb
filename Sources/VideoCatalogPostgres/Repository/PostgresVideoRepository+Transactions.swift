#if Postgres
internal import VideoCatalog

extension PostgresVideoRepository {
    /// Runs a transaction on a connection of the pool, in which the host's rows and the catalog's are written together or
    /// not at all.
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
    /// - Parameters:
    ///   - isolation: What it sees of others.
    ///   - retries: Whether to run the body again if PostgreSQL gives up the transaction in favour of another.
    ///   - body: What to do, with the catalog and the connection, neither of which must be used afterwards.
    /// - Returns: What the body gave, once it is committed.
    /// - Throws: What the body threw, and then nothing was changed; `CatalogError`: `outcomeUnknown` if the
    ///   connection broke while the transaction was being committed, `unavailable`; `CancellationError`.
    public nonisolated(nonsending) func withTransaction<Value>(
        _ isolation: PostgresIsolation = .readCommitted, retries: PostgresRetryPolicy = .never,
        _ body: nonisolated(nonsending) (PostgresVideoCatalog, PostgresConnection) async throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.withTransaction(isolation, retries: retries) { connection in
                let runner = SessionRunner(session: connection)
                do {
                    return try await body(PostgresVideoCatalog(catalog, runner: runner), connection)
                } catch {
                    // The pool tries again for the server's word only, and not for what the catalog made of it.
                    if let collision = runner.collision ?? (error as? PostgresError), collision.isSerializationFailure {
                        throw collision
                    }
                    throw Unchanged(error: error)
                }
            }
        } catch let unchanged as Unchanged {
            throw unchanged.error
        } catch let error as PostgresError {
            throw error.visible(during: .write)
        }
    }
}

/// What the body threw, to be told from what the pool throws.
private struct Unchanged: Error {
    let error: any Error
}
#endif
