public import VideoCatalog

/// One thing that every repository promises.
public struct ContractRule: Sendable, Identifiable, CustomStringConvertible {
    /// The seed that is used unless another one is given.
    public static let defaultSeed: UInt64 = 20_260_301

    /// The promise, as a sentence.
    public let name: String
    /// What is mostly the matter where the rule is broken.
    public let hint: String
    private let body: @Sendable (Trial) async throws -> Void

    init(_ name: String, hint: String, _ body: @escaping @Sendable (Trial) async throws -> Void) {
        self.name = name
        self.hint = hint
        self.body = body
    }

    /// The name, which no other rule has.
    public var id: String { name }
    /// The name.
    public var description: String { name }

    /// Tries the rule on a repository.
    ///
    /// - Parameters:
    ///   - seed: Where random rows and queries come from; the same seed gives the same ones.
    ///   - timeLimit: How long it may take until it counts as broken.
    ///   - makeRepository: Makes an empty repository that takes its time from the clock.
    /// - Throws: ``ContractViolation``; `CancellationError` if the task is cancelled.
    public func check<Repository: VideoRepository>(
        seed: UInt64 = ContractRule.defaultSeed, timeLimit: Duration = .seconds(30),
        _ makeRepository: @escaping @Sendable (@escaping CatalogClock) async throws -> Repository
    ) async throws {
        let clock = ManualClock()
        let outcome = await Deadline.run(within: timeLimit) {
            let repository = try await makeRepository { clock.now }
            try await body(Trial(repository: repository, clock: clock, seed: seed))
        }
        switch outcome {
        case .finished: return
        case .threw(let mismatch as Mismatch): throw violation(mismatch)
        case .threw(let error):
            throw violation(Mismatch("the calls of this rule", expected: "no error", actual: "\(error)"))
        case .cancelled: throw CancellationError()
        case .tookTooLong:
            throw violation(
                Mismatch("the rule", expected: "an end within \(timeLimit)", actual: "none: a call waits for ever"))
        }
    }

    private func violation(_ mismatch: Mismatch) -> ContractViolation {
        ContractViolation(
            rule: name, subject: mismatch.subject, expected: mismatch.expected, actual: mismatch.actual, hint: hint)
    }
}
