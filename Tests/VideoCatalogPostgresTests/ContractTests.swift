#if Postgres
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogLibPQ
@testable import VideoCatalogPostgres
import VideoCatalogTesting

@Suite(.againstPostgres)
struct ContractTests {
    /// Catalogs without rows, since creating the tables takes longer than most rules.
    private static let catalogs = ResourcePool(limit: 8) { try await TestCatalog.make() }

    /// Runs a function with a catalog without rows, and deletes the rows afterward.
    private func withEmptyCatalog(_ body: @Sendable (TestCatalog) async throws -> Void) async throws {
        try await Self.catalogs.use { catalog in
            try await body(catalog)
            try await catalog.pool.withConnection { connection in
                for table in ["videos", "uploaders"] {
                    try await connection.perform("DELETE FROM \(catalog.schema.sqlName).\(table)")
                }
            }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `the repository keeps the rule`(_ rule: ContractRule) async throws {
        try await withEmptyCatalog { catalog in
            try await rule.check(timeLimit: .onBusyMachine) { clock in catalog.repository(clock: clock) }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `the catalog in a session without a transaction keeps the rule`(_ rule: ContractRule) async throws {
        try await withEmptyCatalog { catalog in
            let connections = Connections()
            try await connections.use {
                try await rule.check(timeLimit: .onBusyMachine) { clock in
                    catalog.repository(clock: clock).bound(to: try await connections.open())
                }
            }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `the catalog in a transaction keeps the rule`(_ rule: ContractRule) async throws {
        try await inTransaction { catalog, connection in
            try await rule.check(timeLimit: .onBusyMachine) { clock in
                catalog.repository(clock: clock).bound(to: connection)
            }
        }
    }

    /// Values that the repository can't decode, of columns by which no rule selects rows.
    static let faults = [
        ("metadata", "'{\"views\": 5}'"), ("upload_expires_at", "'infinity'"), ("created_at", "'infinity'"),
        ("created_at", "'-infinity'"), ("renditions", "'{}'"), ("updated_at", "'-infinity'"),
        ("duration", "'NaN'"), ("frame_rate", "'-Infinity'"),
    ]

    @Test(arguments: VideoRepositoryContract.rules.filter(\.needsUnreadableRows), faults)
    func `the repository passes unreadable rows`(_ rule: ContractRule, _ fault: (String, String)) async throws {
        let (column, value) = fault
        try await withEmptyCatalog { catalog in
            try await rule.check(
                timeLimit: .onBusyMachine,
                makeUnreadable: { (repository: PostgresVideoRepository, id: Video.ID) in
                    try await catalog.pool.withConnection { connection in
                        _ = try await connection.perform(
                            "UPDATE \(repository.schema.videos) SET \(column) = \(value) WHERE id = $1",
                            [.uuid(id.uuid)])
                    }
                    return column
                }, { clock in catalog.repository(clock: clock) })
        }
    }

    @Test(arguments: VideoRepositoryContract.rules.filter(\.needsUnreadableRows))
    func `the catalog in a transaction passes unreadable rows`(_ rule: ContractRule) async throws {
        try await inTransaction { catalog, connection in
            try await rule.check(
                timeLimit: .onBusyMachine,
                makeUnreadable: { (repository: PostgresVideoRepository, id: Video.ID) in
                    try await connection.perform(
                        "UPDATE \(repository.schema.videos) SET metadata = '{\"views\": 5}' WHERE id = $1",
                        [.uuid(id.uuid)])
                    return "metadata"
                }, { clock in catalog.repository(clock: clock).bound(to: connection) })
        }
    }

    /// Runs a function in a transaction that is rolled back, with a catalog without rows.
    private func inTransaction(_ body: @Sendable (TestCatalog, LibPQConnection) async throws -> Void) async throws {
        try await Self.catalogs.use { catalog in
            try await catalog.withConnection { connection in
                try await connection.perform("BEGIN")
                try await body(catalog, connection)
                try await connection.perform("ROLLBACK")
            }
        }
    }
}
#endif
