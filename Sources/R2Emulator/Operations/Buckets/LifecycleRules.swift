#if Emulator
internal import R2Kit
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The lifecycle rules of a bucket.
struct LifecycleRules: Sendable {
    private let rules: [LifecycleConfiguration.Rule]

    private static let schema = XMLSchema(
        root: "LifecycleConfiguration",
        children: [
            "LifecycleConfiguration": ["Rule"],
            "Rule": [
                "ID", "Status", "Prefix", "Filter", "Expiration", "Transition", "AbortIncompleteMultipartUpload",
            ],
            "Filter": ["Prefix"], "Expiration": ["Days", "Date"], "Transition": ["Days", "Date", "StorageClass"],
            "AbortIncompleteMultipartUpload": ["DaysAfterInitiation"],
        ])

    /// Reads a document.
    ///
    /// R2 (documented): up to 1,000 rules, each with an action. Unsettled: the code of other mistakes than unknown
    /// elements. Here all are MalformedXML.
    init(_ document: [UInt8]) throws(Refusal) {
        try Self.schema.check(document)
        do {
            let response = R2Response(status: 200, body: document)
            let parsed = try GetBucketLifecycleConfiguration().output(from: response)
            let rules = try parsed.rules.map { rule in
                try LifecycleConfiguration.Rule(
                    id: rule.id.isEmpty ? Identifier.version() : rule.id, isEnabled: rule.isEnabled,
                    prefix: rule.prefix, expiration: rule.expiration, transition: rule.transition,
                    abortUploadsAfterDays: rule.abortUploadsAfterDays)
            }
            self.rules = try LifecycleConfiguration(rules: rules).rules
        } catch {
            var refusal = Refusal.malformedXML
            refusal.explanation = "\(error)"
            throw refusal
        }
    }

    /// Returns the date at which an object expires, and the rule, if one applies.
    func expiration(of object: ObjectRecord) -> (date: Date, rule: String)? {
        earliest(for: object.key, \.expiration, since: object.modified)
    }

    /// Returns a Boolean value that indicates whether an object has moved to infrequent access.
    func hasTransition(_ object: ObjectRecord, at now: Date) -> Bool {
        earliest(for: object.key, \.transition, since: object.modified).map { $0.date <= now } ?? false
    }

    /// Returns the date at which an upload is aborted.
    ///
    /// R2 (documented): the shortest period wins.
    func abortDate(of upload: UploadRecord) -> Date? {
        rules.filter { $0.isEnabled && Self.matches($0, upload.key) }.compactMap(\.abortUploadsAfterDays).min()
            .map { upload.initiated + Double($0) * 86_400 }
    }

    private func earliest(
        for key: String, _ schedule: (LifecycleConfiguration.Rule) -> LifecycleConfiguration.Schedule?,
        since start: Date
    ) -> (date: Date, rule: String)? {
        rules.filter { $0.isEnabled && Self.matches($0, key) }
            .compactMap { rule in schedule(rule).map { (Self.date($0, since: start), rule.id) } }
            .min { $0.0 < $1.0 }
    }

    private static func matches(_ rule: LifecycleConfiguration.Rule, _ key: String) -> Bool {
        Normalization.nfc(key).utf8.starts(with: Normalization.nfc(rule.prefix).utf8)
    }

    private static func date(_ schedule: LifecycleConfiguration.Schedule, since start: Date) -> Date {
        switch schedule {
        case .days(let days): start + Double(days) * 86_400
        case .date(let date): date
        }
    }

    /// The value of `x-amz-expiration` for an object, or `nil` if no rule applies.
    ///
    /// R2 (documented): the header. Its form is AWS's.
    static func expiration(of object: ObjectRecord, in bucket: String, _ store: ObjectStore) throws(Refusal) -> String?
    {
        guard let document = try store.read(bucket, { $0.lifecycle }),
            let (date, rule) = try LifecycleRules(document).expiration(of: object)
        else { return nil }
        return "expiry-date=\"\(Timestamp.http(date))\", rule-id=\"\(rule)\""
    }
}
#endif
