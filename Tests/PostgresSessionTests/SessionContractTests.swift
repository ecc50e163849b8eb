import TestSupport
import Testing
import VideoCatalog
import VideoCatalogTesting

@testable import VideoCatalogPostgres

/// The contract of repositories, over a driver of the tests' own.
@Suite(.againstPostgres, .serialized)
struct SessionContractTests {
    /// Schemas whose tables have no rows, since creating the tables takes longer than most rules.
    private static let schemas = ResourcePool(limit: 4) { try await TestServer.makeSchema() }

    /// Runs a function with empty tables, and deletes the rows afterward.
    private func withEmptyTables(_ body: @Sendable (PostgresSchema) async throws -> Void) async throws {
        try await Self.schemas.use { schema in
            try await body(schema)
            try await TestServer.sessions.value.withSession { session in
                for table in ["videos", "uploaders"] { try await session.run("DELETE FROM \(schema.quoted).\(table)") }
            }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `a repository over foreign sessions keeps the rule`(_ rule: ContractRule) async throws {
        let sessions = try await TestServer.sessions.value
        try await withEmptyTables { schema in
            try await rule.check(timeLimit: .onBusyMachine) { clock in
                PostgresVideoRepository(sessions, schema: schema, clock: clock)
            }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `a repository in a foreign session keeps the rule`(_ rule: ContractRule) async throws {
        let session = try SocketSession(url: try await TestServer.url)
        try await withEmptyTables { schema in
            try await rule.check(timeLimit: .onBusyMachine) { clock in
                PostgresVideoRepository(session: session, schema: schema, clock: clock)
            }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `a repository in a transaction of a foreign session keeps the rule`(_ rule: ContractRule) async throws {
        let session = try SocketSession(url: try await TestServer.url)
        try await Self.schemas.use { schema in
            // Far from UTC, with minutes: the text format shows timestamps in this zone.
            try await session.run("SET TimeZone = 'Asia/Kolkata'")
            try await session.run("BEGIN")
            try await rule.check(timeLimit: .onBusyMachine) { clock in
                PostgresVideoRepository(session: session, schema: schema, clock: clock)
            }
            try await session.run("ROLLBACK")
        }
    }

    @Test(
        arguments: VideoRepositoryContract.rules.filter(\.needsUnreadableRows),
        [("metadata", "'{\"views\": 5}'"), ("upload_expires_at", "'infinity'"), ("created_at", "'infinity'")])
    func `a repository in a foreign session passes unreadable rows`(
        _ rule: ContractRule, _ fault: (String, String)
    ) async throws {
        let (column, value) = fault
        let session = try SocketSession(url: try await TestServer.url)
        try await withEmptyTables { schema in
            try await rule.check(
                timeLimit: .onBusyMachine,
                makeUnreadable: { (repository: PostgresVideoRepository, id: Video.ID) in
                    try await session.run(
                        "UPDATE \(repository.schema.videos) SET \(column) = \(value) WHERE id = $1", .uuid(id.uuid))
                    return column
                }, { clock in PostgresVideoRepository(session: session, schema: schema, clock: clock) })
        }
    }
}
