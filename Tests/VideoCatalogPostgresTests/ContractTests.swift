#if Postgres
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogLibPQ
@testable import VideoCatalogPostgres
import VideoCatalogTesting

@Suite(.againstPostgres)
struct ContractTests {
    @Test(arguments: VideoRepositoryContract.rules)
    func `the repository keeps the rule`(_ rule: ContractRule) async throws {
        try await rule.check(timeLimit: .onBusyMachine) { clock in try await TestCatalog.make(clock: clock).repository }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `the catalog in a session without a transaction keeps the rule`(_ rule: ContractRule) async throws {
        let connections = Connections()
        try await connections.use {
            try await rule.check(timeLimit: .onBusyMachine) { clock in
                let catalog = try await TestCatalog.make(clock: clock)
                return catalog.repository.bound(to: try await connections.open())
            }
        }
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `the catalog in a transaction keeps the rule`(_ rule: ContractRule) async throws {
        let connections = Connections()
        try await connections.use {
            try await rule.check(timeLimit: .onBusyMachine) { clock in
                let catalog = try await TestCatalog.make(clock: clock)
                let connection = try await connections.open()
                try await connection.perform("BEGIN")
                return catalog.repository.bound(to: connection)
            }
        }
    }

    /// Values that the repository can't decode, of several columns.
    static let faults = [
        ("metadata", "'{\"views\": 5}'"), ("upload_expires_at", "'infinity'"), ("created_at", "'infinity'"),
        ("created_at", "'-infinity'"), ("renditions", "'{}'"), ("tags", "ARRAY['a', NULL]"),
    ]

    @Test(arguments: VideoRepositoryContract.rules.filter(\.needsUnreadableRows), faults)
    func `the repository passes unreadable rows`(_ rule: ContractRule, _ fault: (String, String)) async throws {
        let (column, value) = fault
        try await rule.check(
            makeUnreadable: { (repository: PostgresVideoRepository, id) in
                let pool = try await SharedPool.instance.pool()
                try await pool.withConnection { connection in
                    _ = try await connection.perform(
                        "UPDATE \(repository.schema.videos) SET \(column) = \(value) WHERE id = $1", [.uuid(id.uuid)])
                }
                return column
            }, { clock in try await TestCatalog.make(clock: clock).repository })
    }

    @Test(arguments: VideoRepositoryContract.rules.filter(\.needsUnreadableRows))
    func `the catalog in a transaction passes unreadable rows`(_ rule: ContractRule) async throws {
        let connections = Connections()
        try await connections.use {
            let connection = try await connections.open()
            try await rule.check(
                makeUnreadable: { (repository: PostgresVideoRepository, id) in
                    try await connection.perform(
                        "UPDATE \(repository.schema.videos) SET metadata = '{\"views\": 5}' WHERE id = $1",
                        [.uuid(id.uuid)])
                    return "metadata"
                },
                { clock in
                    let catalog = try await TestCatalog.make(clock: clock)
                    try await connection.perform("BEGIN")
                    return catalog.repository.bound(to: connection)
                })
        }
    }
}
#endif
