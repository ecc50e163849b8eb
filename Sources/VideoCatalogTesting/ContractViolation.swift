/// A violation of one rule by a repository.
public struct ContractViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// The name of the rule.
    public let rule: String
    /// The value or call that was checked.
    public let subject: String
    /// The expected result.
    public let expected: String
    /// The actual result.
    public let actual: String
    /// The usual cause of a violation.
    public let hint: String

    /// All of it, in four lines.
    public var description: String {
        """
        Broken rule: \(rule)
          Expected for \(subject): \(expected)
          Actual: \(actual)
          Usual cause: \(hint)
        """
    }
}

/// The violations of all rules by a repository.
public struct ContractViolations: Error, Sendable, Hashable, CustomStringConvertible {
    /// The violations, in the order of ``VideoRepositoryContract/rules``.
    ///
    /// It is never empty.
    public let violations: [ContractViolation]
    /// The number of rules that were checked.
    public let ruleCount: Int

    /// The number of broken rules, followed by each violation.
    public var description: String {
        "\(violations.count) of \(ruleCount) rules of the contract are broken.\n"
            + violations.map(\.description).joined(separator: "\n")
    }
}
