#if Postgres
import TestSupport
import Testing
import VideoCatalog
import VideoCatalogPostgres
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
}
#endif
