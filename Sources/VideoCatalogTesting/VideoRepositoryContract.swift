public import VideoCatalog

/// The contract of `VideoRepository`, as rules that tests run against a repository.
///
/// In a test target, with any testing library:
///
/// ```swift
/// @Test func `keeps the contract`() async throws {
///     try await VideoRepositoryContract.check { clock in MyRepository(emptyDatabase(), clock: clock) }
/// }
/// ```
///
/// With a separate test for each rule:
///
/// ```swift
/// @Test(arguments: VideoRepositoryContract.rules)
/// func `keeps the contract`(rule: ContractRule) async throws {
///     try await rule.check { clock in MyRepository(emptyDatabase(), clock: clock) }
/// }
/// ```
public enum VideoRepositoryContract {
    /// All rules, the simplest first.
    ///
    /// Implement a new repository in this order.
    public static let rules: [ContractRule] =
        ContractRule.insertion + ContractRule.failedInsertions + ContractRule.lookup + ContractRule.updates
        + ContractRule.states + ContractRule.dates + ContractRule.strings + ContractRule.deletion
        + ContractRule.uploads + ContractRule.replacements + ContractRule.uploadLimits
        + ContractRule.queries + ContractRule.titles + ContractRule.pages + ContractRule.purge + ContractRule.claims
        + ContractRule.claimedPurges + ContractRule.startedPurges + ContractRule.keysInUse + ContractRule.renewals
        + ContractRule.unreadable + ContractRule.concurrency

    /// Checks a repository against every rule, and continues after a broken one.
    ///
    /// - Parameters:
    ///   - seed: The seed of random rows and queries. The same seed makes the same ones.
    ///   - timeLimit: The time after which a rule counts as broken.
    ///   - makeUnreadable: A closure that makes a stored row unreadable. If it is `nil`, rules that need such a row
    ///     pass without a check.
    ///   - makeRepository: A closure that makes an empty repository, which must take the time from the clock. It is
    ///     called once for each rule.
    /// - Throws: ``ContractViolations`` that list every broken rule, or a `CancellationError` if the task is canceled.
    public static func check<Repository: VideoRepository>(
        seed: UInt64 = ContractRule.defaultSeed, timeLimit: Duration = .seconds(30),
        makeUnreadable: MakeUnreadable<Repository>? = nil,
        _ makeRepository: @escaping @Sendable (@escaping CatalogClock) async throws -> Repository
    ) async throws {
        var violations = [ContractViolation]()
        for rule in rules {
            do {
                try await rule.check(seed: seed, timeLimit: timeLimit, makeUnreadable: makeUnreadable, makeRepository)
            } catch let violation as ContractViolation {
                violations.append(violation)
            }
        }
        if !violations.isEmpty { throw ContractViolations(violations: violations, ruleCount: rules.count) }
    }
}
