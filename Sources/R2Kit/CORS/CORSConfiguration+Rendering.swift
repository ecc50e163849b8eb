#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension CORSConfiguration {
    /// The body of PutBucketCors.
    public var xml: String {
        var xml = #"<?xml version="1.0" encoding="UTF-8"?>"#
        xml += #"<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#
        for rule in rules {
            xml += "<CORSRule>"
            xml += rule.allowedOrigins.map { Self.element("AllowedOrigin", $0) }.joined()
            xml += rule.allowedMethods.map { Self.element("AllowedMethod", $0.rawValue) }.joined()
            xml += rule.allowedHeaders.map { Self.element("AllowedHeader", $0) }.joined()
            xml += rule.exposedHeaders.map { Self.element("ExposeHeader", $0) }.joined()
            if let age = rule.maximumAge { xml += Self.element("MaxAgeSeconds", String(age)) }
            xml += "</CORSRule>"
        }
        return xml + "</CORSConfiguration>"
    }

    /// What the dashboard's editor takes: a JSON array of rules.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and numbers alone: there is nothing in it that JSON could not write.
        guard let data = try? encoder.encode(rules.map(DashboardRule.init)) else { return "[]" }
        return String(decoding: data, as: UTF8.self)
    }

    private static func element(_ name: String, _ text: String) -> String {
        let escaped = text.map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(character)
            }
        }
        return "<\(name)>\(escaped.joined())</\(name)>"
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
