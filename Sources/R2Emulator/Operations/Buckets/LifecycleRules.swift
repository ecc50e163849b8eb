#if Emulator
internal import R2Kit
internal import R2KitSupport
internal import SigV4

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The lifecycle rules of a bucket.
struct LifecycleRules: Sendable {
    /// The document, in which every rule has an identifier.
    let document: [UInt8]
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

    private static let standardID = "Default Multipart Abort Rule"
    private static let standardDays = 7

    /// The rule that R2 gives a new bucket.
    ///
    /// R2 (live reports): it aborts unfinished uploads after seven days, and has no filter.
    static let standard: LifecycleRules? = {
        var document = XMLDocument(root: "LifecycleConfiguration")
        document.element("Rule") { rule in
            rule.element("ID", standardID)
            rule.element("Status", "Enabled")
            rule.element("AbortIncompleteMultipartUpload") {
                $0.element("DaysAfterInitiation", String(standardDays))
            }
        }
        return try? LifecycleRules(document.bytes)
    }()

    /// Reads a document, and gives identifiers to the rules that have none.
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
            let configuration = try LifecycleConfiguration(rules: rules)
            let areNamed = parsed.rules.allSatisfy { !$0.id.isEmpty }
            self.document = areNamed ? document : Array(configuration.xml.utf8)
            self.rules = configuration.rules
        } catch {
            var refusal = Refusal.malformedXML
            refusal.explanation = "\(error)"
            throw refusal
        }
    }

    /// A Boolean value that indicates whether a rule deletes or moves objects.
    var actOnObjects: Bool { rules.contains { $0.isEnabled && ($0.expiration != nil || $0.transition != nil) } }

    /// Returns the date at which an object expires, and the rule, if one applies.
    func expiration(of object: ObjectRecord) -> (date: Date, rule: String)? {
        earliest(for: object.key, \.expiration, since: object.modified)
    }

    /// Returns a Boolean value that indicates whether an object has moved to infrequent access.
    func hasTransition(_ object: ObjectRecord, at now: Date) -> Bool {
        earliest(for: object.key, \.transition, since: object.modified).map { $0.date <= now } ?? false
    }

    /// Returns the date at which an upload is aborted, and the rule, if one applies.
    ///
    /// R2 (documented): the shortest period wins.
    func abort(of upload: UploadRecord, _ limits: R2Emulator.Limits) -> (date: Date, rule: String)? {
        rules.filter { $0.isEnabled && Self.matches($0, upload.key) }
            .compactMap { rule in
                rule.abortUploadsAfterDays.map { days in
                    let isStandard = rule.id == Self.standardID && days == Self.standardDays
                    let age = isStandard ? limits.uploadLifetime.seconds : Double(days) * 86_400
                    return (upload.initiated + age, rule.id)
                }
            }
            .min { $0.0 < $1.0 }
    }

    private func earliest(
        for key: String, _ schedule: (LifecycleConfiguration.Rule) -> LifecycleConfiguration.Schedule?,
        since start: Date
    ) -> (date: Date, rule: String)? {
        rules.compactMap { rule in
            // Most rules have no such schedule, and comparing keys takes longer.
            guard rule.isEnabled, let schedule = schedule(rule), Self.matches(rule, key) else { return nil }
            return (Self.date(schedule, since: start), rule.id)
        }
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
    func expirationHeader(of object: ObjectRecord) -> String? {
        expiration(of: object).map { date, rule in
            "expiry-date=\"\(Timestamp.http(date))\", rule-id=\"\(PercentEncoding.encode(rule))\""
        }
    }
}
#endif
