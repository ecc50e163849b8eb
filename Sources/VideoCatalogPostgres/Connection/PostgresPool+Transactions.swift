#if Postgres
import CLibPQ

/// What a transaction sees of others that run at the same time.
public enum PostgresIsolation: String, Sendable, Hashable, CaseIterable {
    /// Each statement sees what was committed before it began.
    case readCommitted = "READ COMMITTED"
    /// All statements see what was committed before the first one began.
    case repeatableRead = "REPEATABLE READ"
    /// As if transactions ran one after the other; those that cannot fail with 40001.
    case serializable = "SERIALIZABLE"
}

extension PostgresPool {
    /// Runs a transaction: it is committed when the body returns, and rolled back when it throws.
    ///
    /// - Parameters:
    ///   - isolation: What it sees of others.
    ///   - retries: Whether to run the body again if PostgreSQL gives up the transaction in favour of another.
    ///   - body: What to do in it, with a connection that must not be used afterwards.
    /// - Returns: What the body gave.
    /// - Throws: What the body threw; ``PostgresError``: of the kind ``PostgresError/Kind/connectionLost`` if the
    ///   connection broke while the transaction was being committed, so that it may or may not have been;
    ///   `CancellationError`.
    public nonisolated(nonsending) func withTransaction<Value>(
        _ isolation: PostgresIsolation = .readCommitted, retries: PostgresRetryPolicy = .never,
        _ body: nonisolated(nonsending) (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await retries.run {
            let connection = try await begin(isolation)
            do {
                let value = try await body(connection)
                try await commit(connection)
                await giveBack(connection)
                return value
            } catch {
                // What is left open is rolled back.
                await giveBack(connection)
                throw error
            }
        }
    }

    /// Begins a transaction.
    ///
    /// A connection that turns out to be broken is replaced once: nothing was done in it.
    private nonisolated(nonsending) func begin(_ isolation: PostgresIsolation) async throws -> PostgresConnection {
        let begin = PostgresStatement("BEGIN ISOLATION LEVEL \(isolation.rawValue)", isReusable: false)
        var isSecond = false
        while true {
            let connection = try await borrow()
            do {
                _ = try await connection.query(begin)
                return connection
            } catch let error as PostgresError where error.kind != .server {
                await giveBack(connection)
                guard isSecond else {
                    isSecond = true
                    continue
                }
                throw PostgresError(.notConnected, sqlState: error.sqlState, message: error.message)
            } catch {
                await giveBack(connection)
                throw error
            }
        }
    }

    private nonisolated(nonsending) func commit(_ connection: PostgresConnection) async throws {
        guard connection.wire.transaction != PQTRANS_INERROR else {
            // The server would take COMMIT for ROLLBACK.
            throw PostgresError(
                .server, sqlState: "25P02",
                message: "a statement of the transaction failed, so it cannot be committed: let its error be thrown")
        }
        _ = try await connection.query(PostgresStatement("COMMIT", isReusable: false))
    }
}
#endif
