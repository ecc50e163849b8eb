#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension CORSConfiguration {
    /// The XML document that ``PutBucketCors`` sends.
    public var xml: String {
        let document = XMLWriter.document("CORSConfiguration") { configuration in
            for rule in rules { configuration.element("CORSRule") { rule.write(&$0) } }
        }
        return String(decoding: document, as: UTF8.self)
    }

    /// The JSON array of rules that the dashboard's editor accepts.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // The rules contain only strings and integers, which JSON can always represent.
        guard let data = try? encoder.encode(rules.map(DashboardRule.init)) else { return "[]" }
        return String(decoding: data, as: UTF8.self)
    }

    /// A rule in the dashboard's form.
    private struct DashboardRule: Encodable {
        let AllowedOrigins: [String]
        let AllowedMethods: [String]
        let AllowedHeaders: [String]?
        let ExposeHeaders: [String]?
        let MaxAgeSeconds: Int64?

        init(_ rule: Rule) {
            AllowedOrigins = rule.allowedOrigins
            AllowedMethods = rule.allowedMethods.map(\.rawValue)
            AllowedHeaders = rule.allowedHeaders.isEmpty ? nil : rule.allowedHeaders
            ExposeHeaders = rule.exposedHeaders.isEmpty ? nil : rule.exposedHeaders
            MaxAgeSeconds = rule.maxAge?.components.seconds
        }
    }

    /// Reads the content of a `CORSConfiguration` element.
    init(_ scanner: inout XMLScanner) throws(XMLError) {
        var rules: [Rule] = []
        while let name = try scanner.nextChild() {
            if name == "CORSRule" { rules.append(try Rule(&scanner)) } else { try scanner.skip() }
        }
        self.init(received: rules)
    }
}

extension CORSConfiguration.Rule {
    fileprivate func write(_ rule: inout XMLWriter) {
        for origin in allowedOrigins { rule.element("AllowedOrigin", origin) }
        for method in allowedMethods { rule.element("AllowedMethod", method.rawValue) }
        for header in allowedHeaders { rule.element("AllowedHeader", header) }
        for header in exposedHeaders { rule.element("ExposeHeader", header) }
        if let maxAge { rule.element("MaxAgeSeconds", String(maxAge.components.seconds)) }
    }

    /// Reads the content of a `CORSRule` element.
    fileprivate init(_ scanner: inout XMLScanner) throws(XMLError) {
        var origins: [String] = []
        var methods: [Method] = []
        var headers: [String] = []
        var exposedHeaders: [String] = []
        var maxAge: Int64?
        while let name = try scanner.nextChild() {
            switch name {
            case "AllowedOrigin": origins.append(try scanner.text())
            case "AllowedMethod":
                guard let method = Method(rawValue: try scanner.text()) else {
                    throw scanner.problem("the method of a CORS rule is unknown")
                }
                methods.append(method)
            case "AllowedHeader": headers.append(try scanner.text())
            case "ExposeHeader": exposedHeaders.append(try scanner.text())
            case "MaxAgeSeconds": try scanner.read(&maxAge)
            default: try scanner.skip()
            }
        }
        self.init(
            receivedOrigins: origins, methods: methods, headers: headers, exposedHeaders: exposedHeaders,
            maxAge: maxAge.map { .seconds($0) })
    }
}
