import VideoCatalog
import VideoCatalogTesting

/// A defect that a repository may have, and the rule that finds it.
struct Mutant: Sendable, CustomStringConvertible {
    let description: String
    /// The name of the rule that must break.
    let rule: String
    private let infect: @Sendable (inout MutantRepository.Operations, @escaping CatalogClock) -> Void

    init(
        _ description: String, breaks rule: String,
        _ infect: @escaping @Sendable (inout MutantRepository.Operations, @escaping CatalogClock) -> Void
    ) {
        self.description = description
        self.rule = rule
        self.infect = infect
    }

    func makeRepository(clock: @escaping CatalogClock) -> MutantRepository {
        var operations = MutantRepository.Operations()
        infect(&operations, clock)
        return MutantRepository(base: InMemoryVideoRepository(clock: clock), operations: operations)
    }

    static let all: [Mutant] =
        insertion + insertionRefusals + lookup + updates + states + instants + texts + uploads + replacements
        + uploadLimits + deletion + queries + titles + pages + purge + claims + claimedPurges + startedPurges
        + keysInUse + renewals + unreadable + concurrency

    /// Makes a row of the repository in memory unreadable.
    static let makeUnreadable: MakeUnreadable<MutantRepository> = { repository, id in
        await repository.base.makeUnreadable(id, column: "metadata")
        return "metadata"
    }
}
