#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Everything that is wrong with a configuration, found in one go.
///
/// It names settings and says what was expected of them; it never repeats a value.
public struct R2ConfigError: Error, Sendable, Hashable {
    /// One setting that is missing or wrong.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The setting: the environment variable's name, or the parameter's.
        public let setting: String
        /// Whether it is missing altogether.
        public let isMissing: Bool
        /// What was expected, and what to do.
        public let message: String

        /// The setting and the message.
        public var description: String { "\(setting): \(message)" }
    }

    /// The problems, in the order in which the settings are read.
    ///
    /// Never empty.
    public let problems: [Problem]

    /// Puts problems into the order of the table; those of settings that are not in it come last.
    init(problems: [Problem]) {
        let order = R2Config.environmentVariables
        let place = { (problem: Problem) in order.firstIndex(of: problem.setting) ?? order.count }
        self.problems = problems.sorted { place($0) < place($1) }
    }
}

extension R2ConfigError: CustomStringConvertible, LocalizedError {
    /// A line for each problem.
    public var description: String {
        let count = problems.count == 1 ? "1 setting is" : "\(problems.count) settings are"
        return "R2 is not configured: \(count) missing or wrong.\n"
            + problems.map { "  \($0)" }.joined(separator: "\n")
    }

    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}
