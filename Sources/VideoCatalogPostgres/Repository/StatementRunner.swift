internal import VideoCatalog

extension PostgresVideoRepository {
    /// The number of times that an operation starts over because other changes came first.
    static let attempts = 100

    static func overtaken(_ id: Video.ID) -> CatalogError {
        CatalogError(.unavailable, "Other tasks changed the video \(id) \(attempts) times meanwhile. Try again.")
    }

    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await check.run(schema, by: runner)
        return try await runner.read(statement)
    }

    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        try await check.run(schema, by: runner)
        return try await runner.write(statement)
    }

    /// Runs a function that changes rows with several statements, which take effect together or not at all.
    func atomically<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await check.run(schema, by: runner)
        return try await runner.atomically(body)
    }
}

/// Runs the statements of a repository, each of which is all that an operation changes.
protocol StatementRunner: Sendable {
    /// Runs a statement that changes nothing.
    ///
    /// - Throws: A `CatalogError` or `CancellationError`.
    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult

    /// Runs a statement that changes rows.
    ///
    /// - Returns: The result, or `nil` if another row has the same key and nothing was changed.
    /// - Throws: A `CatalogError` or `CancellationError`.
    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult?

    /// Runs a function that changes rows with several statements, which take effect together or not at all.
    ///
    /// The function runs in a transaction of its own or under a savepoint of the open one. It may run more than once.
    ///
    /// - Throws: The function's error. A `CatalogError` or `CancellationError` if the transaction fails otherwise.
    func atomically<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value

    /// Runs a function with a runner for one session, in a transaction of its own or under a savepoint of the open one.
    ///
    /// - Throws: The function's error. A `CatalogError` or `CancellationError` if the transaction fails otherwise.
    func transaction<Value: Sendable>(
        isolation: PostgresIsolation, retries: PostgresRetryPolicy,
        _ body: @escaping @Sendable (SessionRunner) async throws -> Value
    ) async throws -> Value
}

/// Runs each statement in any session of a source, where it is a transaction of its own.
struct SourceRunner: StatementRunner {
    let source: any PostgresSessionSource

    /// Repeats the statement once after a connection failure.
    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        do {
            do {
                return try await run(statement)
            } catch let error as PostgresSessionError where error.isConnectionFailure {
                return try await run(statement)
            }
        } catch let error as PostgresSessionError {
            throw error.translated(during: .read)
        }
    }

    /// Repeats the statement once after a connection failure, but only if the server can't have run it.
    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        do {
            do {
                return try await run(statement)
            } catch let error as PostgresSessionError where error.isUnsent {
                return try await run(statement)
            }
        } catch let error as PostgresSessionError {
            if error.isDuplicate { return nil }
            throw error.translated(during: .write)
        }
    }

    private nonisolated(nonsending) func run(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await PostgresRetryPolicy.serializationFailures.run {
            do {
                return try await source.query(statement)
            } catch let error as PostgresSessionError where error.isStaleStatement {
                // The server ran nothing. Another session's statement may be stale as well, but each only once.
                return try await source.withSession { session in
                    do {
                        return try await session.query(statement)
                    } catch let error as PostgresSessionError where error.isStaleStatement {
                        return try await session.query(statement)
                    }
                }
            }
        }
    }

    func atomically<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await BodyError.unwrapping(.write) {
            do {
                return try await runAtomically(body)
            } catch let error as PostgresSessionError where error.isStaleStatement {
                // The driver knows by now that it has to prepare the statement again.
                return try await runAtomically(body)
            }
        }
    }

    private func runAtomically<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await source.withTransaction(retries: .serializationFailures) { session in
            do {
                return try await body(session)
            } catch let error as PostgresSessionError where error.isConnectionFailure {
                // The connection broke before the commit: nothing was changed.
                throw BodyError(error: error.translated(during: .read))
            }
        }
    }

    func transaction<Value: Sendable>(
        isolation: PostgresIsolation, retries: PostgresRetryPolicy,
        _ body: @escaping @Sendable (SessionRunner) async throws -> Value
    ) async throws -> Value {
        try await BodyError.unwrapping(.write) {
            try await source.withTransaction(isolation: isolation, retries: retries) { session in
                let runner = SessionRunner(session: session)
                return try await BodyError.wrapping(runner) { try await body(runner) }
            }
        }
    }
}

/// An error that a transaction's function threw, to tell it from the errors of the transaction.
struct BodyError: Error {
    fileprivate let error: any Error

    /// Runs a function and wraps its error, unless it comes from a serialization failure.
    ///
    /// Retry policies look for the server's error, not for the `CatalogError` that the repository made of it.
    static func wrapping<Value>(_ runner: SessionRunner, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch {
            let cause = error as? PostgresSessionError ?? runner.serializationFailure(behind: error)
            if let cause, cause.isSerializationFailure { throw cause }
            throw BodyError(error: error)
        }
    }

    /// Runs a transaction, unwraps the errors of its function, and translates those of the server.
    static func unwrapping<Value>(_ kind: StatementKind, _ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let wrapped as BodyError {
            throw wrapped.error
        } catch let error as PostgresSessionError {
            throw error.translated(during: kind)
        }
    }
}
