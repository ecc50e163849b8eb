#if Postgres
internal import CLibPQ
internal import Synchronization
internal import VideoCatalogPostgres

/// The statements that opened a transaction and have no other effect, such as `BEGIN` and `SAVEPOINT`.
///
/// As long as a transaction holds nothing else, it can be rolled back and opened again.
struct TransactionPrologue: Sendable {
    /// The maximum number of statements, so that a transaction that only sets savepoints doesn't fill the memory.
    private static let limit = 16

    private(set) var statements: [String]

    /// Returns the prologue after another statement, or `nil` if the transaction can't be repeated anymore.
    func appending(_ sql: String?) -> TransactionPrologue? {
        guard let sql, statements.count < Self.limit else { return nil }
        return TransactionPrologue(statements: statements + [sql])
    }
}

extension LibPQChannel {
    /// Rolls a failed transaction back and opens it again, if it holds nothing that would be lost.
    ///
    /// - Returns: `false` if nothing was done.
    nonisolated(nonsending) func reopenTransaction() async throws -> Bool {
        guard isOwned, transactionStatus == PQTRANS_INERROR, let prologue = state.withLock({ $0.prologue }) else {
            return false
        }
        for sql in ["ROLLBACK"] + prologue.statements {
            _ = try await run(.direct(PostgresStatement(sql, isReusable: false)))
        }
        return true
    }
}
#endif
