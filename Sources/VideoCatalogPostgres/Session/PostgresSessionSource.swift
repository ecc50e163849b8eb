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

/// A policy for running a transaction again that PostgreSQL rolled back in favor of another one.
public struct PostgresRetryPolicy: Sendable, Hashable {
    /// The maximum number of attempts, including the first, from 1 to 100.
    public let attempts: Int
    /// The maximum pause before the second attempt, from 0 to 1 second.
    ///
    /// The maximum doubles for each later attempt, up to 1 second. Each pause is chosen at random up to the maximum, so
    /// that transactions that collided don't collide again.
    public let pause: Duration

    /// A policy of one attempt.
    public static let never = PostgresRetryPolicy(attempts: 1)
    /// A policy of five attempts, after serialization failures (SQLSTATE 40001) and deadlocks (40P01).
    public static let serializationFailures = PostgresRetryPolicy(attempts: 5)

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - attempts: The maximum number of attempts, clamped to 1 through 100.
    ///   - pause: The maximum pause before the second attempt, clamped to 0 through 1 second.
    public init(attempts: Int, pause: Duration = .milliseconds(20)) {
        self.attempts = min(100, max(1, attempts))
        self.pause = min(.seconds(1), max(.zero, pause))
    }

    /// Runs a function, and runs it again after a serialization failure.
    ///
    /// - Throws: The error of the last attempt. `CancellationError` if the task is canceled during a pause.
    nonisolated(nonsending) func run<Value>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        var maximum = pause
        for _ in 1..<attempts {
            do {
                return try await body()
            } catch let error as PostgresSessionError where error.isSerializationFailure {
                try await Task.sleep(for: maximum * Double.random(in: 0...1))
                maximum = min(.seconds(1), maximum * 2)
            }
        }
        return try await body()
    }
}

/// A connection error at `BEGIN`, before anything was changed.
private struct BrokenSession: Error {
    let error: PostgresSessionError
}
