import Testing
import VideoCatalog
import VideoCatalogTesting

@Suite("The repository in memory")
struct ContractTests {
    @Test(arguments: VideoRepositoryContract.rules)
    func `keeps every rule of the contract`(rule: ContractRule) async throws {
        try await rule.check { clock in InMemoryVideoRepository(clock: clock) }
    }

    @Test func `keeps the contract as a whole`() async throws {
        try await VideoRepositoryContract.check { clock in InMemoryVideoRepository(clock: clock) }
    }
}
