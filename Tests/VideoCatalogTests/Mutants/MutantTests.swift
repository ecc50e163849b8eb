import Testing
import VideoCatalog
import VideoCatalogTesting

@Suite("The contract finds a repository with")
struct MutantTests {
    @Test(arguments: Mutant.all)
    func `a defect`(mutant: Mutant) async throws {
        let rule = try #require(
            VideoRepositoryContract.rules.first { $0.name == mutant.rule }, "no rule has the name \(mutant.rule)")
        let violation = try await #require(throws: ContractViolation.self) {
            try await rule.check(makeUnreadable: Mutant.makeUnreadable, mutant.makeRepository)
        }
        #expect(violation.rule == mutant.rule)
        #expect(violation.hint == rule.hint)
        #expect(violation.expected != violation.actual)
    }

    @Test(arguments: VideoRepositoryContract.rules)
    func `a mutant for every rule`(rule: ContractRule) {
        #expect(Mutant.all.contains { $0.rule == rule.name }, "the rule is trusted without having caught anything")
    }

    @Test func `no complaint about one that passes everything on`() async throws {
        try await VideoRepositoryContract.check(makeUnreadable: Mutant.makeUnreadable) { clock in
            MutantRepository(base: InMemoryVideoRepository(clock: clock), operations: .init())
        }
    }

    @Test func `no rule twice`() {
        #expect(Set(VideoRepositoryContract.rules.map(\.name)).count == VideoRepositoryContract.rules.count)
    }
}
