#if Postgres
import Synchronization
import VideoCatalogPostgres

/// A session that records statements on their way to another session.
final class RecordingSession: PostgresSession {
    private let session: any PostgresSession
    private let seen = Mutex<[PostgresStatement]>([])

    init(_ session: any PostgresSession) { self.session = session }

    var statements: [PostgresStatement] { seen.withLock { $0 } }

    func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        seen.withLock { $0.append(statement) }
        return try await session.query(statement)
    }
}

/// A session that fails some statements in place of the server.
final class FailingSession: PostgresSession {
    private let session: any PostgresSession
    private let rule: @Sendable (PostgresStatement) -> PostgresSessionError?

    init(_ session: any PostgresSession, failing rule: @escaping @Sendable (PostgresStatement) -> PostgresSessionError?)
    {
        self.session = session
        self.rule = rule
    }

    func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        if let error = rule(statement) { throw error }
        return try await session.query(statement)
    }
}
#endif
