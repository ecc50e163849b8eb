#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What becomes of a bucket's objects and unfinished uploads with time.
///
/// R2 acts on a rule within about a day. A bucket that has no configuration aborts unfinished uploads after seven days.
/// Source: R2 "Object lifecycles".
public struct LifecycleConfiguration: Sendable, Hashable {
    /// The rules.
    public let rules: [Rule]

    /// Combines rules that have been checked one by one.
    /// - Throws: ``R2KitError`` with the code `invalidLifecycleRule` if there is none, or more than 1,000, or two have
    ///   one id.
    public init(rules: [Rule]) throws(R2KitError) {
        guard (1...1000).contains(rules.count) else {
            throw R2KitError(
                .invalidLifecycleRule, "a lifecycle configuration has 1 to 1000 rules, not \(rules.count)")
        }
        guard Set(rules.map(\.id)).count == rules.count else {
            throw R2KitError(.invalidLifecycleRule, "two lifecycle rules have one id: give each its own")
        }
        self.rules = rules
    }

    init(answered rules: [Rule]) { self.rules = rules }
}

extension LifecycleConfiguration {
    /// When something happens to an object.
    public enum Time: Sendable, Hashable {
        /// So many days after it was stored; at least one.
        case days(Int)
        /// At the beginning of a day, in UTC.
        case date(Date)
    }

    /// One rule.
    public struct Rule: Sendable, Hashable {
        /// Its name, unique within the configuration.
        public let id: String
        /// Whether it is in force.
        public let isEnabled: Bool
        /// What the keys begin with that it is for; empty for all.
        public let prefix: String
        /// When objects are deleted.
        public let expiration: Time?
        /// When objects move to ``StorageClass/infrequentAccess``.
        public let transition: Time?
        /// How many days after their beginning unfinished uploads are aborted.
        public let abortUploadsAfterDays: Int?

        /// Checks and combines the parts of a rule.
        /// - Parameters:
        ///   - id: Its name: 1 to 255 bytes of printable ASCII.
        ///   - isEnabled: Whether it is in force.
        ///   - prefix: What the keys begin with that it is for; empty for all.
        ///   - expiration: When objects are deleted.
        ///   - transition: When objects move to infrequent access.
        ///   - abortUploadsAfterDays: When unfinished uploads are aborted, in days from 1 on.
        /// - Throws: ``R2KitError`` with the code `invalidLifecycleRule`.
        public init(
            id: String, isEnabled: Bool = true, prefix: String = "", expiration: Time? = nil, transition: Time? = nil,
            abortUploadsAfterDays: Int? = nil
        ) throws(R2KitError) {
            guard (1...255).contains(id.utf8.count), HeaderText.isPlain(id) else {
                throw Self.problem("a lifecycle rule's id has 1 to 255 bytes of printable ASCII")
            }
            guard prefix.utf8.count <= ObjectKey.maximumLength, XMLWriter.canHold(prefix) else {
                throw Self.problem("a lifecycle rule's prefix has at most 1024 bytes, and no control characters")
            }
            guard expiration != nil || transition != nil || abortUploadsAfterDays != nil else {
                throw Self.problem("a lifecycle rule does something: expire, move, or abort unfinished uploads")
            }
            for time in [expiration, transition].compactMap({ $0 }) { try Self.check(time) }
            if let days = abortUploadsAfterDays { try Self.check(.days(days)) }
            self.init(
                answered: id, isEnabled: isEnabled, prefix: prefix, expiration: expiration, transition: transition,
                abortUploadsAfterDays: abortUploadsAfterDays)
        }

        init(
            answered id: String, isEnabled: Bool, prefix: String, expiration: Time?, transition: Time?,
            abortUploadsAfterDays: Int?
        ) {
            self.id = id
            self.isEnabled = isEnabled
            self.prefix = prefix
            self.expiration = expiration
            self.transition = transition
            self.abortUploadsAfterDays = abortUploadsAfterDays
        }

        private static func check(_ time: Time) throws(R2KitError) {
            switch time {
            case .days(let days):
                guard days >= 1 else { throw problem("a lifecycle rule acts after one day or more, not \(days)") }
            case .date(let date):
                let seconds = date.timeIntervalSince1970
                guard CivilTime(date) != nil, seconds.truncatingRemainder(dividingBy: 86_400) == 0 else {
                    throw problem("a lifecycle rule acts at midnight UTC of a day in the years 0 to 9999")
                }
            }
        }

        private static func problem(_ message: String) -> R2KitError { R2KitError(.invalidLifecycleRule, message) }
    }
}
