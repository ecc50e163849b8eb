/// A source of sessions, such as a connection pool.
///
/// `LibPQPool` in `VideoCatalogLibPQ` is one. To use the pool of your own driver, implement ``withSession(_:)``:
///
/// ```swift
/// struct MySessionSource: PostgresSessionSource {
///     let pool: MyPool
///
///     func withSession<Value: Sendable>(
///         _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
///     ) async throws -> Value {
///         try await pool.withConnection { connection in try await body(MySession(connection)) }
///     }
/// }
/// ```
///
/// Transactions, retries and the choice of which errors to retry come with the protocol.
public protocol PostgresSessionSource: Sendable {
    /// Lends a session to a function, exclusively.
    ///
    /// - Parameter body: The function. It may run on any executor, and must be called once.
    /// - Returns: The function's result.
    /// - Throws: The function's error, unchanged. A ``PostgresSessionError`` of the kind
    ///   ``PostgresSessionError/Kind/notConnected`` if no session is available. `CancellationError` if the task is
    ///   canceled while it waits for a session.
    func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value

    /// Runs one statement in any session, outside of transactions.
    ///
    /// The default implementation calls ``withSession(_:)``.
    ///
    /// - Parameter statement: The statement and its parameters.
    /// - Returns: The rows, and the number of rows that the statement affected.
    /// - Throws: The errors of ``withSession(_:)`` and ``PostgresSession/query(_:)``.
    func query(_ statement: PostgresStatement) async throws -> PostgresResult
}

extension PostgresSessionSource {
    /// Runs the statement in a session that ``withSession(_:)`` lends.
    public func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await withSession { session in try await session.query(statement) }
    }

    /// Runs a function in a transaction, which is committed when the function returns and rolled back when it throws.
    ///
    /// If the session turns out to be broken at `BEGIN`, another one is used, once.
    ///
    /// - Parameters:
    ///   - isolation: The isolation level.
    ///   - retries: Whether to run the function again after a serialization failure or a deadlock.
    ///   - body: The function. It must not use the session after it returns.
    /// - Returns: The function's result, after the commit.
    /// - Throws: The function's error, after the rollback. A ``PostgresSessionError`` if the transaction can't begin or
    ///   the server rejects the commit. If its kind is ``PostgresSessionError/Kind/connectionLost``, the server may
    ///   have committed. `CancellationError` if the task is canceled.
    @discardableResult
    public func withTransaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted, retries: PostgresRetryPolicy = .never,
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await retries.run {
            do {
                return try await runTransaction(isolation, body)
            } catch is BrokenSession {
                do {
                    return try await runTransaction(isolation, body)
                } catch let broken as BrokenSession {
                    let error = broken.error
                    throw PostgresSessionError(.notConnected, sqlState: error.sqlState, message: error.message)
                }
            }
        }
    }

    private func runTransaction<Value: Sendable>(
        _ isolation: PostgresIsolation, _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await withSession { session in
            do {
                try await session.beginTransaction(isolation)
            } catch let error as PostgresSessionError where error.kind != .server {
                throw BrokenSession(error: error)
            }
            return try await session.finishTransaction { try await body(session) }
        }
    }
}

extension PostgresSession {
    func beginTransaction(_ isolation: PostgresIsolation) async throws {
        try await execute("BEGIN ISOLATION LEVEL \(isolation.rawValue)")
    }

    /// Runs a function in the open transaction, and commits.
    ///
    /// If the function throws, rolls back.
    func finishTransaction<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            let value = try await body()
            guard try await !hasFailedTransaction() else {
                throw PostgresSessionError(
                    .server, sqlState: "25P02",
                    message: "A statement of the transaction failed, so it can't be committed. Rethrow its error.")
            }
            try await execute("COMMIT")
            return value
        } catch {
            await rollBack("ROLLBACK")
            throw error
        }
    }
}

/// The isolation level of a transaction.
public enum PostgresIsolation: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it started.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one started.
    case repeatableRead = "REPEATABLE READ"
    /// Transactions behave as if they ran one after another. A transaction that can't fails with the SQLSTATE 40001.
    case serializable = "SERIALIZABLE"
}

/// A connection error at `BEGIN`, before anything was changed.
private struct BrokenSession: Error {
    let error: PostgresSessionError
}
