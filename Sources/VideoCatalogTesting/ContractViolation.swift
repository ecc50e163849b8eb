/// A broken rule: what was expected, what came, and what is mostly the matter.
public struct ContractViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule's name.
    public let rule: String
    /// What was looked at.
    public let subject: String
    /// What it should have been.
    public let expected: String
    /// What it was.
    public let actual: String
    /// What is mostly the matter.
    public let hint: String

    /// All of it, on four lines.
    public var description: String {
        """
        Broken rule: \(rule)
          Of \(subject), expected: \(expected)
          But it was: \(actual)
          Usually: \(hint)
        """
    }
}

/// Every rule that a repository broke.
public struct ContractViolations: Error, Sendable, Hashable, CustomStringConvertible {
    /// The broken rules, in the order of ``VideoRepositoryContract/rules``; never empty.
    public let violations: [ContractViolation]
    /// How many rules were tried.
    public let ruleCount: Int

    /// How many rules are broken, and each of them.
    public var description: String {
        "\(violations.count) of \(ruleCount) rules of the contract are broken.\n"
            + violations.map(\.description).joined(separator: "\n")
    }
}
