#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A configuration of when R2 deletes or moves a bucket's objects, and aborts its unfinished uploads.
///
/// R2 applies a rule within about a day. A new bucket has one rule, which aborts unfinished uploads after seven days. A
/// configuration that you put replaces that rule, too, so include one with `abortUploadsAfterDays`. Source: R2 "Object
/// lifecycles".
public struct LifecycleConfiguration: Sendable, Hashable {
    /// The rules.
    public let rules: [Rule]

    /// Creates a configuration.
    /// - Parameter rules: The rules, from 1 to 1,000, each with its own ID.
    /// - Throws: ``R2ValidationError`` with the code `invalidLifecycleRule` if there are no rules or more than 1,000,
    ///   or two rules have the same ID.
    public init(rules: [Rule]) throws(R2ValidationError) {
        guard (1...1000).contains(rules.count) else {
            throw R2ValidationError(
                .invalidLifecycleRule,
                "Invalid lifecycle configuration: expected 1 to 1,000 rules, not \(rules.count).")
        }
        guard Set(rules.map(\.id)).count == rules.count else {
            throw R2ValidationError(
                .invalidLifecycleRule, "Duplicate lifecycle rule ID: give each rule its own ID.")
        }
        self.rules = rules
    }

    init(received rules: [Rule]) { self.rules = rules }
}

extension LifecycleConfiguration {
    /// The time at which a rule acts on an object.
    public enum Schedule: Sendable, Hashable {
        /// A number of days after the object was stored, at least 1.
        case days(Int)
        /// The start of a day, in UTC.
        case date(Date)
    }

    /// A lifecycle rule.
    public struct Rule: Sendable, Hashable {
        /// The rule's ID, unique within the configuration.
        public let id: String
        /// A Boolean value that indicates whether the rule is in effect.
        public let isEnabled: Bool
        /// The prefix of the keys that the rule applies to, or an empty string for all keys.
        public let prefix: String
        /// The time at which R2 deletes the objects.
        public let expiration: Schedule?
        /// The time at which R2 moves the objects to ``StorageClass/infrequentAccess``.
        public let transition: Schedule?
        /// The number of days after which R2 aborts unfinished uploads, counted from their creation.
        public let abortUploadsAfterDays: Int?

        /// Creates a rule.
        /// - Parameters:
        ///   - id: The rule's ID: 1 to 255 bytes of printable ASCII.
        ///   - isEnabled: A Boolean value that indicates whether the rule is in effect.
        ///   - prefix: The prefix of the keys that the rule applies to, or an empty string for all keys.
        ///   - expiration: The time at which R2 deletes the objects.
        ///   - transition: The time at which R2 moves the objects to infrequent access.
        ///   - abortUploadsAfterDays: The number of days after which R2 aborts unfinished uploads, at least 1.
        /// - Throws: ``R2ValidationError`` with the code `invalidLifecycleRule` if a value is out of range, or the rule
        ///   has no action.
        public init(
            id: String, isEnabled: Bool = true, prefix: String = "", expiration: Schedule? = nil,
            transition: Schedule? = nil, abortUploadsAfterDays: Int? = nil
        ) throws(R2ValidationError) {
            guard (1...255).contains(id.utf8.count), HeaderRules.isPlain(id) else {
                throw Self.problem("expected an ID of 1 to 255 bytes of printable ASCII")
            }
            guard prefix.utf8.count <= ObjectKey.maximumLength, XMLWriter.canHold(prefix) else {
                throw Self.problem(
                    "expected a prefix of at most \(ObjectKey.maximumLength) bytes without control characters")
            }
            guard expiration != nil || transition != nil || abortUploadsAfterDays != nil else {
                throw Self.problem("expected an action, which is to expire, to transition, or to abort uploads")
            }
            for schedule in [expiration, transition].compactMap({ $0 }) { try Self.check(schedule) }
            if let days = abortUploadsAfterDays { try Self.check(.days(days)) }
            self.init(
                receivedID: id, isEnabled: isEnabled, prefix: prefix, expiration: expiration, transition: transition,
                abortUploadsAfterDays: abortUploadsAfterDays)
        }

        /// Creates a rule that a bucket has, even if R2 wouldn't accept it anymore.
        init(
            receivedID id: String, isEnabled: Bool, prefix: String, expiration: Schedule?, transition: Schedule?,
            abortUploadsAfterDays: Int?
        ) {
            self.id = id
            self.isEnabled = isEnabled
            self.prefix = prefix
            self.expiration = expiration
            self.transition = transition
            self.abortUploadsAfterDays = abortUploadsAfterDays
        }

        private static func check(_ schedule: Schedule) throws(R2ValidationError) {
            switch schedule {
            case .days(let days):
                guard days >= 1 else { throw problem("expected at least 1 day, not \(days)") }
            case .date(let date):
                let seconds = date.timeIntervalSince1970
                guard CivilTime(date) != nil, seconds.truncatingRemainder(dividingBy: 86_400) == 0 else {
                    throw problem("expected a date at midnight UTC in the years 0 to 9999")
                }
            }
        }

        private static func problem(_ message: String) -> R2ValidationError {
            R2ValidationError(.invalidLifecycleRule, "Invalid lifecycle rule: \(message).")
        }
    }
}
