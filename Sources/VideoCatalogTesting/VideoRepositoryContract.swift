public import VideoCatalog

/// What every `VideoRepository` promises, as rules that can be run.
///
/// In a test target, with any test library:
///
/// ```swift
/// @Test func `keeps the contract`() async throws {
///     try await VideoRepositoryContract.check { clock in MyRepository(emptyDatabase(), clock: clock) }
/// }
/// ```
///
/// Or each rule as a test of its own:
///
/// ```swift
/// @Test(arguments: VideoRepositoryContract.rules)
/// func `keeps the contract`(rule: ContractRule) async throws {
///     try await rule.check { clock in MyRepository(emptyDatabase(), clock: clock) }
/// }
/// ```
public enum VideoRepositoryContract {
    /// All rules, the plainest first: a repository in the making had best keep them in this order.
    public static let rules: [ContractRule] =
        ContractRule.insertion + ContractRule.insertionRefusals + ContractRule.lookup + ContractRule.updates
        + ContractRule.states + ContractRule.instants + ContractRule.texts + ContractRule.deletion
        + ContractRule.queries + ContractRule.titles + ContractRule.pages + ContractRule.purge + ContractRule.claims
        + ContractRule.claimedPurges + ContractRule.concurrency

    /// Tries every rule, and goes on after one that is broken.
    ///
    /// - Parameters:
    ///   - seed: Where random rows and queries come from; the same seed gives the same ones.
    ///   - timeLimit: How long one rule may take until it counts as broken.
    ///   - makeRepository: Makes an empty repository that takes its time from the clock. It is called once a rule.
    /// - Throws: ``ContractViolations``, which lists every broken rule; `CancellationError` if the task is cancelled.
    public static func check<Repository: VideoRepository>(
        seed: UInt64 = ContractRule.defaultSeed, timeLimit: Duration = .seconds(30),
        _ makeRepository: @escaping @Sendable (@escaping CatalogClock) async throws -> Repository
    ) async throws {
        var violations = [ContractViolation]()
        for rule in rules {
            do {
                try await rule.check(seed: seed, timeLimit: timeLimit, makeRepository)
            } catch let violation as ContractViolation {
                violations.append(violation)
            }
        }
        if !violations.isEmpty { throw ContractViolations(violations: violations, ruleCount: rules.count) }
    }
}
