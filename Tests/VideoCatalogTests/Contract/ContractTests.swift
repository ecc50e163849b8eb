import Testing
import VideoCatalog
import VideoCatalogTesting

@Suite("The repository in memory")
struct ContractTests {
    private static let makeUnreadable: MakeUnreadable<InMemoryVideoRepository> = { repository, id in
        await repository.makeUnreadable(id, column: "metadata")
        return "metadata"
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `keeps every rule of the contract`(rule: ContractRule) async throws {
        try await rule.check(makeUnreadable: Self.makeUnreadable) { clock in InMemoryVideoRepository(clock: clock) }
    }

    @Test func `keeps the contract as a whole`() async throws {
        try await VideoRepositoryContract.check(makeUnreadable: Self.makeUnreadable) { clock in
            InMemoryVideoRepository(clock: clock)
        }
    }
}
