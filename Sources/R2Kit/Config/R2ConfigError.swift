#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that reports everything that is wrong with a configuration at once.
///
/// It names the settings and says what was expected. It never contains a value.
public struct R2ConfigError: Error, Sendable, Hashable {
    /// A setting that is missing or isn't valid.
    public struct Problem: Sendable, Hashable, CustomStringConvertible {
        /// The setting's name: that of the environment variable, or of the parameter.
        public let setting: String
        /// A Boolean value that indicates whether the setting is missing.
        public let isMissing: Bool
        /// A sentence that says what was expected and what to do.
        public let message: String

        /// The setting and the message.
        public var description: String { "\(setting): \(message)" }
    }

    /// The problems, in the order of ``R2Config/environmentVariables``.
    ///
    /// Never empty.
    public let problems: [Problem]

    /// Creates an error, sorting its problems.
    ///
    /// Those of settings that aren't environment variables come last.
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
        return "R2 isn't configured: \(count) missing or invalid.\n"
            + problems.map { "  \($0)" }.joined(separator: "\n")
    }

    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}
