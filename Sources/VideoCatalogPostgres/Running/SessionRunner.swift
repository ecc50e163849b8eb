#if Postgres
internal import Synchronization
internal import VideoCatalog

/// Runs each statement under a savepoint of the host's transaction, so that it goes on after a refusal.
final class SessionRunner: StatementRunner {
    private let session: any PostgresSession
    private let turn = Turn()
    private let noted = Mutex<PostgresError?>(nil)

    init(session: any PostgresSession) { self.session = session }

    /// The last failure after which the whole transaction is to be run again.
    var collision: PostgresError? { noted.withLock { $0 } }

    nonisolated(nonsending) func read(_ statement: PostgresStatement) async throws -> PostgresResult {
        try await run(statement, .read)
    }

    nonisolated(nonsending) func write(_ statement: PostgresStatement) async throws -> PostgresResult? {
        do {
            return try await run(statement, .write)
        } catch let error as PostgresError where error.isDuplicate {
            return nil
        }
    }

    private nonisolated(nonsending) func run(_ statement: PostgresStatement, _ kind: StatementKind) async throws
        -> PostgresResult
    {
        await turn.take()
        defer { turn.give() }
        // With a connection that breaks, the transaction is rolled back: nothing was changed.
        var meaning = StatementKind.read
        do {
            guard try await SessionTransaction.begin(in: session) else {
                meaning = kind
                return try await session.query(statement)
            }
            return try await SessionTransaction.finish(session) { try await session.query(statement) }
        } catch let error as PostgresError {
            if error.isSerializationFailure { noted.withLock { $0 = error } }
            throw error.isDuplicate ? error : error.visible(during: meaning)
        }
    }
}
#endif
