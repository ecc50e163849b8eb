#if Postgres
import CLibPQ
import Synchronization

extension Wire {
    /// Runs a statement by name, and prepares it first if need be.
    ///
    /// Whoever calls it has the turn.
    ///
    /// The server may have forgotten it (`DISCARD ALL`, a pooler), or its plan may not fit the tables any more: then it
    /// is prepared anew once, unless the transaction has failed by that.
    nonisolated(nonsending) func runPrepared(_ statement: PostgresStatement) async throws -> PostgresResult {
        switch state.withLock({ $0.statements.find(statement) }) {
        case .prepared(let name):
            do {
                return try await exchange(.prepared(name: name, statement))
            } catch let error as PostgresError where error.isStaleStatement {
                state.withLock { state in
                    if error.sqlState == "26000" {
                        state.statements.removeAll()
                    } else {
                        state.statements.doom(statement)
                    }
                }
                guard transaction != PQTRANS_INERROR else { throw error }
                return try await prepareAndRun(statement)
            }
        case .missing: return try await prepareAndRun(statement)
        case .otherTypes: return try await exchange(.once(statement))
        }
    }

    private nonisolated(nonsending) func prepareAndRun(_ statement: PostgresStatement) async throws -> PostgresResult {
        // In a failed transaction nothing can be prepared; the server says so.
        guard transaction != PQTRANS_INERROR else { return try await exchange(.once(statement)) }
        let name = PreparedStatements.name(of: statement)
        let isAlone = transaction == PQTRANS_IDLE
        while let old = state.withLock({ $0.statements.makeRoom(for: name, inTransaction: !isAlone) }) {
            try await deallocate(old)
            state.withLock { $0.statements.forget(old) }
        }
        do {
            _ = try await exchange(.prepare(name: name, statement))
        } catch let error as PostgresError where error.sqlState == "42P05" && transaction != PQTRANS_INERROR {
            // The same statement, prepared by who had the server's connection before: the name says so.
        }
        state.withLock { $0.statements.add(statement, name: name) }
        return try await exchange(.prepared(name: name, statement))
    }

    private nonisolated(nonsending) func deallocate(_ name: String) async throws {
        do {
            _ = try await exchange(.once(PostgresStatement("DEALLOCATE \(name)", isReusable: false)))
        } catch let error as PostgresError where error.sqlState == "26000" {
            // It is gone, as it should be.
        }
    }
}
#endif
