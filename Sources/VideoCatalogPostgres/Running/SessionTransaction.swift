#if Postgres
/// Transactions and savepoints on a session of which nobody knows whether it is in a transaction.
///
/// The server knows: outside of one, it refuses a savepoint with the SQLSTATE 25P01, and is none the worse for it.
enum SessionTransaction {
    private static let name = "video_catalog"

    /// Runs a body under a savepoint; outside of a transaction, in one of its own.
    static func run<Value>(in session: any PostgresSession, _ body: () async throws -> Value) async throws -> Value {
        if try await begin(in: session) { return try await finish(session, body) }
        try await session.command("BEGIN ISOLATION LEVEL READ COMMITTED")
        do {
            let value = try await body()
            try await session.command("COMMIT")
            return value
        } catch {
            await session.undo(["ROLLBACK"])
            throw error
        }
    }

    /// Makes a savepoint.
    ///
    /// - Returns: Whether there is one now: outside of a transaction, there is none.
    static func begin(in session: any PostgresSession) async throws -> Bool {
        do {
            try await session.command("SAVEPOINT \(name)")
            return true
        } catch let error as PostgresError where error.sqlState == "25P01" {
            return false
        }
    }

    /// Runs a body, and keeps what it did since the savepoint, or takes it back if it throws.
    static func finish<Value>(
        _ session: any PostgresSession, _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            let value = try await body()
            try await session.command("RELEASE SAVEPOINT \(name)")
            return value
        } catch {
            // If the savepoint is gone, this fails, and the host's transaction with it: nothing is kept without a word.
            await session.undo(["ROLLBACK TO SAVEPOINT \(name)", "RELEASE SAVEPOINT \(name)"])
            throw error
        }
    }
}

extension PostgresSession {
    fileprivate func command(_ sql: String) async throws { _ = try await query(PostgresStatement(sql)) }

    /// Takes back what was done, even for a task that was cancelled; where that fails, the host's transaction fails too.
    fileprivate func undo(_ statements: [String]) async {
        await Task {
            for sql in statements { _ = try? await query(PostgresStatement(sql)) }
        }.value
    }
}
#endif
