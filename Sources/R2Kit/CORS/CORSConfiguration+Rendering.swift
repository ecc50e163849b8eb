#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension CORSConfiguration {
    /// The body of PutBucketCors.
    public var xml: String {
        let document = XMLWriter.document("CORSConfiguration") { configuration in
            for rule in rules { configuration.element("CORSRule") { rule.write(&$0) } }
        }
        return String(decoding: document, as: UTF8.self)
    }

    /// What the dashboard's editor takes: a JSON array of rules.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers alone: there is nothing in it that JSON could not write.
        guard let data = try? encoder.encode(rules.map(DashboardRule.init)) else { return "[]" }
        return String(decoding: data, as: UTF8.self)
    }

    /// A rule in the dashboard's terms.
    private struct DashboardRule: Encodable {
        let AllowedOrigins: [String]
        let AllowedMethods: [String]
        let AllowedHeaders: [String]?
        let ExposeHeaders: [String]?
        let MaxAgeSeconds: Int?

        init(_ rule: Rule) {
            AllowedOrigins = rule.allowedOrigins
            AllowedMethods = rule.allowedMethods.map(\.rawValue)
            AllowedHeaders = rule.allowedHeaders.isEmpty ? nil : rule.allowedHeaders
            ExposeHeaders = rule.exposedHeaders.isEmpty ? nil : rule.exposedHeaders
            MaxAgeSeconds = rule.maximumAge
        }
    }
}

extension CORSConfiguration.Rule {
    fileprivate func write(_ rule: inout XMLWriter) {
        for origin in allowedOrigins { rule.element("AllowedOrigin", origin) }
        for method in allowedMethods { rule.element("AllowedMethod", method.rawValue) }
        for header in allowedHeaders { rule.element("AllowedHeader", header) }
        for header in exposedHeaders { rule.element("ExposeHeader", header) }
        if let age = maximumAge { rule.element("MaxAgeSeconds", String(age)) }
    }
}
