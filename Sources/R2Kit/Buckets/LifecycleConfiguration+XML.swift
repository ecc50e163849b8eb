#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension LifecycleConfiguration {
    /// The XML document that ``PutBucketLifecycleConfiguration`` sends.
    public var xml: String {
        let document = XMLWriter.document("LifecycleConfiguration") { configuration in
            for rule in rules { configuration.element("Rule") { rule.write(&$0) } }
        }
        return String(decoding: document, as: UTF8.self)
    }

    /// Reads the content of a `LifecycleConfiguration` element.
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        var rules: [Rule] = []
        while let name = try scanner.nextChild() {
            if name == "Rule" { rules.append(try Rule(&scanner)) } else { try scanner.skip() }
        }
        self.init(received: rules)
    }
}

extension LifecycleConfiguration.Rule {
    fileprivate func write(_ rule: inout XMLWriter) {
        rule.element("ID", id)
        rule.element("Filter") { $0.element("Prefix", prefix) }
        rule.element("Status", isEnabled ? "Enabled" : "Disabled")
        if let expiration { rule.element("Expiration") { expiration.write(&$0) } }
        if let transition {
            rule.element("Transition") {
                transition.write(&$0)
                $0.element("StorageClass", StorageClass.infrequentAccess.rawValue)
            }
        }
        if let days = abortUploadsAfterDays {
            rule.element("AbortIncompleteMultipartUpload") { $0.element("DaysAfterInitiation", String(days)) }
        }
    }

    /// Reads the content of a `Rule` element.
    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
        var id: String?
        var status: String?
        var prefix: String?
        var expiration: LifecycleConfiguration.Schedule?
        var transition: LifecycleConfiguration.Schedule?
        var days: Int?
        while let name = try scanner.nextChild() {
            switch name {
            case "ID": try scanner.read(&id)
            case "Status": try scanner.read(&status)
            case "Prefix": try scanner.read(&prefix)
            case "Filter":
                while let name = try scanner.nextChild() {
                    guard name == "Prefix" else { throw scanner.problem("a rule has a filter that R2 doesn't support") }
                    try scanner.read(&prefix)
                }
            case "Expiration": try Self.read(&expiration, &scanner)
            case "Transition": try Self.read(&transition, &scanner)
            case "AbortIncompleteMultipartUpload":
                while let name = try scanner.nextChild() {
                    if name == "DaysAfterInitiation" { try scanner.read(&days) } else { try scanner.skip() }
                }
            default: try scanner.skip()
            }
        }
        guard let status, ["Enabled", "Disabled"].contains(status) else {
            throw scanner.problem("a rule is neither enabled nor disabled")
        }
        self.init(
            receivedID: id ?? "", isEnabled: status == "Enabled", prefix: prefix ?? "",
            expiration: expiration, transition: transition, abortUploadsAfterDays: days)
    }

    private static func read(
        _ schedule: inout LifecycleConfiguration.Schedule?, _ scanner: inout XMLScanner
    ) throws(XMLError) {
        guard schedule == nil else { throw scanner.problem("a rule has two times for the same action") }
        schedule = try LifecycleConfiguration.Schedule(&scanner)
    }
}

extension LifecycleConfiguration.Schedule {
    fileprivate func write(_ element: inout XMLWriter) {
        switch self {
        case .days(let days): element.element("Days", String(days))
        // A validated date can always be formatted.
        case .date(let date): element.element("Date", ISO8601Date.format(date) ?? "")
        }
    }

    /// Reads `Days` or `Date`, or returns `nil` if the element has neither.
    fileprivate init?(_ scanner: inout XMLScanner) throws(XMLError) {
        var days: Int?
        var date: Date?
        while let name = try scanner.nextChild() {
            switch name {
            case "Days": try scanner.read(&days)
            case "Date": try scanner.read(&date)
            default: try scanner.skip()
            }
        }
        if let date { self = .date(date) } else if let days { self = .days(days) } else { return nil }
    }
}
