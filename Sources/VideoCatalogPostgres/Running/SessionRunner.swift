#if Postgres
internal import VideoCatalog

/// Runs each statement under a savepoint of the host's transaction, so that it goes on after a refusal.
struct SessionRunner: StatementRunner {
    let session: any PostgresSession

    func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        do {
            return try await SessionTransaction.savepoint(in: session) { try await session.query(statement) }
        } catch let error as PostgresError {
            throw error.visible(during: .read)
        }
    }

    func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        do {
            return try await SessionTransaction.savepoint(in: session) { try await session.query(statement) }
        } catch let error as PostgresError {
            if error.isDuplicate { return nil }
            throw error.visible(during: .write)
        }
    }
}

/// Transactions and savepoints on a session of which nobody knows whether it is in a transaction.
///
/// The server knows: outside of one, it refuses a savepoint with the SQLSTATE 25P01, and is none the worse for it.
enum SessionTransaction {
    /// Runs a body under a savepoint; outside of a transaction, without one.
    static func savepoint<Value>(
        in session: any PostgresSession, _ body: () async throws -> Value
    ) async throws -> Value {
        guard try await begin(in: session) else { return try await body() }
        return try await finish(session, "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", body)
    }

    /// Runs a body under a savepoint; outside of a transaction, in one of its own.
    static func run<Value>(
        in session: any PostgresSession, _ body: () async throws -> Value
    ) async throws -> Value {
        if try await begin(in: session) {
            return try await finish(session, "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", body)
        }
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

    private static let name = "video_catalog"

    private static func begin(in session: any PostgresSession) async throws -> Bool {
        do {
            try await session.command("SAVEPOINT \(name)")
            return true
        } catch let error as PostgresError where error.sqlState == "25P01" {
            return false
        }
    }

    private static func finish<Value>(
        _ session: any PostgresSession, _ release: String, _ rollback: String, _ body: () async throws -> Value
    ) async throws -> Value {
        let value: Value
        do {
            value = try await body()
        } catch {
            await session.undo(["\(rollback) \(name)", "\(release) \(name)"])
            throw error
        }
        try await session.command("\(release) \(name)")
        return value
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
