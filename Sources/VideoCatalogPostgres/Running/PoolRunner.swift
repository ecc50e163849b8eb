#if Postgres
internal import VideoCatalog

/// Runs each statement on its own on any connection of a pool, where it is a transaction of its own.
struct PoolRunner: StatementRunner {
    let pool: PostgresPool

    /// What a broken connection did not answer is asked again once, on another one; a change only if it was not run.
    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        do {
            do {
                return try await run(statement)
            } catch let error as PostgresError where error.isLoss || error.isUnsent {
                return try await run(statement)
            }
        } catch let error as PostgresError {
            throw error.visible(during: .read)
        }
    }

    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        do {
            do {
                return try await run(statement)
            } catch let error as PostgresError where error.isUnsent {
                return try await run(statement)
            }
        } catch let error as PostgresError {
            if error.isDuplicate { return nil }
            throw error.visible(during: .write)
        }
    }

    /// What the server rolled back because of other transactions is done again.
    private nonisolated(nonsending) func run(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await PostgresRetryPolicy.serializationFailures.run {
            try await pool.withConnection { connection in try await connection.query(statement) }
        }
    }
}
#endif
