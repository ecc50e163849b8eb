import Testing
import VideoCatalog
import VideoCatalogPostgres

/// A driver's connection.
private struct MyConnection: Sendable {}

/// An adapter for the driver's connection.
///
/// Each statement returns one row without cells.
private struct MySession: PostgresSession {
    init(_ connection: MyConnection) {}

    func query(_ statement: PostgresStatement) async throws -> PostgresResult {
        PostgresResult(rows: [[]], affectedRows: 1)
    }
}

/// A driver's connection pool.
private struct MyPool: Sendable {
    func withConnection<Value: Sendable>(
        _ body: @Sendable (MyConnection) async throws -> Value
    ) async throws -> Value {
        try await body(MyConnection())
    }
}

private struct MySessionSource: PostgresSessionSource {
    let pool: MyPool

    func withSession<Value: Sendable>(
        _ body: @escaping @Sendable (any PostgresSession) async throws -> Value
    ) async throws -> Value {
        try await pool.withConnection { connection in try await body(MySession(connection)) }
    }
}

/// The Swift code of the documentation about adapters, each example exactly as there.
@Suite("The examples of sessions")
struct SessionExamples {
    @Test func `a pool becomes a source of sessions`() async throws {
        let result = try await MySessionSource(pool: MyPool()).query(PostgresStatement("SELECT"))
        #expect(result.affectedRows == 1)
    }

    /// Compiled but not run, because it needs a database.
    private func makeRepository(pool: MyPool) async throws -> PostgresVideoRepository {
        let sessions = MySessionSource(pool: pool)
        try await PostgresMigrator().migrate(sessions)
        let repository = PostgresVideoRepository(sessions)
        return repository
    }
}
