public import VideoCatalog

/// A function that changes a stored row so that the repository can't decode it, for example with SQL.
///
/// It receives the repository and the identifier of the row, and returns the name of the column that the repository
/// must report.
public typealias MakeUnreadable<Repository> = @Sendable (Repository, Video.ID) async throws -> String

/// One rule of the contract of repositories.
public struct ContractRule: Sendable, Identifiable, CustomStringConvertible {
    /// The default seed of random rows and queries.
    public static let defaultSeed: UInt64 = 20_260_301

    /// The rule as a sentence, which no other rule has.
    public let name: String
    /// The usual cause of a violation.
    public let hint: String
    /// A Boolean value that indicates whether the rule needs a row that the repository can't decode.
    ///
    /// Without a closure that makes one, such a rule passes without a check.
    public let needsUnreadableRows: Bool
    private let body: @Sendable (RuleContext) async throws -> Void

    init(
        _ name: String, hint: String, needsUnreadableRows: Bool = false,
        _ body: @escaping @Sendable (RuleContext) async throws -> Void
    ) {
        self.name = name
        self.hint = hint
        self.needsUnreadableRows = needsUnreadableRows
        self.body = body
    }

    /// The name of the rule.
    public var id: String { name }
    /// The name of the rule.
    public var description: String { name }

    /// Checks a repository against the rule.
    ///
    /// - Parameters:
    ///   - seed: The seed of random rows and queries. The same seed makes the same ones.
    ///   - timeLimit: The time after which the rule counts as broken.
    ///   - makeUnreadable: A closure that makes a stored row unreadable. If it is `nil`, rules that need such a row
    ///     pass without a check.
    ///   - makeRepository: A closure that makes an empty repository, which must take the time from the clock.
    /// - Throws: A ``ContractViolation`` if the rule is broken, or a `CancellationError` if the task is canceled.
    public func check<Repository: VideoRepository>(
        seed: UInt64 = ContractRule.defaultSeed, timeLimit: Duration = .seconds(600),
        makeUnreadable: MakeUnreadable<Repository>? = nil,
        _ makeRepository: @escaping @Sendable (@escaping CatalogClock) async throws -> Repository
    ) async throws {
        guard makeUnreadable != nil || !needsUnreadableRows else { return }
        let clock = ManualClock()
        let outcome = await Deadline.run(within: timeLimit) {
            let repository = try await makeRepository { clock.now }
            var spoil: (@Sendable (Video.ID) async throws -> String)?
            if let makeUnreadable { spoil = { id in try await makeUnreadable(repository, id) } }
            try await body(RuleContext(repository: repository, clock: clock, seed: seed, makeUnreadable: spoil))
        }
        switch outcome {
        case .finished: return
        case .threw(let failure as FailedExpectation): throw violation(failure)
        case .threw(let error):
            throw violation(FailedExpectation("the calls of this rule", expected: "no error", actual: "\(error)"))
        case .cancelled: throw CancellationError()
        case .tookTooLong:
            throw violation(
                FailedExpectation(
                    "the rule", expected: "an end within \(timeLimit)", actual: "none: a call doesn't return"))
        }
    }

    private func violation(_ failure: FailedExpectation) -> ContractViolation {
        ContractViolation(
            rule: name, subject: failure.subject, expected: failure.expected, actual: failure.actual, hint: hint)
    }
}
