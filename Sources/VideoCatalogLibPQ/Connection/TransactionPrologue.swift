#if Postgres
internal import CLibPQ
internal import Synchronization
internal import VideoCatalogPostgres
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// The statements that opened a transaction and have no other effect, such as `BEGIN` and `SAVEPOINT`.
///
/// As long as a transaction holds nothing else, it can be rolled back and opened again.
struct TransactionPrologue: Sendable {
    /// The maximum number of statements, so that a transaction that only sets savepoints doesn't fill the memory.
    private static let limit = 16

    private(set) var statements: [String]

    /// Returns the prologue after another statement, or `nil` if the transaction can't be repeated anymore.
    fileprivate func appending(_ sql: String?) -> TransactionPrologue? {
        guard let sql, statements.count < Self.limit else { return nil }
        return TransactionPrologue(statements: statements + [sql])
    }
}

extension LibPQChannel.State {
    /// Draws conclusions from the command tag of a statement that succeeded.
    mutating func note(commandTag tag: UnsafePointer<CChar>?) {
        // Most statements are queries, which aren't worth a string.
        if let tag, strncmp(tag, "SELECT", 6) == 0 {
            prologue = nil
            return
        }
        let sql = exchange?.repeatableSQL
        switch tag.map({ String(cString: $0) }) ?? "" {
        case "BEGIN", "START TRANSACTION": prologue = sql.map { TransactionPrologue(statements: [$0]) }
        case "SAVEPOINT": prologue = prologue?.appending(sql)
        case "SET":
            hasChangedSettings = true
            prologue = prologue?.appending(sql)
        // A block of code or a procedure may run SET, too. LISTEN stays until the end of the session, as settings do.
        case "RESET", "DO", "CALL", "LISTEN":
            hasChangedSettings = true
            prologue = nil
        case "DISCARD ALL":
            hasChangedSettings = true
            statements.removeAll()
            prologue = nil
        case "DEALLOCATE ALL":
            statements.removeAll()
            prologue = nil
        // Preparing a statement has no tag, and doesn't touch the transaction.
        case "": break
        default: prologue = nil
        }
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
