import R2Kit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// CORS rules: `origin|allowed header|exposed header|age`.
///
/// Origins have the form that browsers send, and no value can break out of the XML and JSON that contain it.
@Sendable func fuzzCORS(_ input: FuzzInput) {
    var input = input
    let origin = input.text()
    let headers = [input.optionalText()].compactMap { $0 }
    let exposed = [input.optionalText()].compactMap { $0 }
    let rule = try? CORSConfiguration.Rule(
        allowedOrigins: [origin], allowedMethods: [.put], allowedHeaders: headers, exposedHeaders: exposed,
        maxAge: input.optionalNumber().map { .seconds($0) })
    guard let rule else { return }
    if origin != "*" { checkOrigin(origin) }

    let configuration = required("a rule") { try CORSConfiguration(rules: [rule]) }
    let tags = 3 + 2 * (3 + headers.count + exposed.count + (rule.maxAge == nil ? 0 : 1))
    check(configuration.xml.occurrences(of: "<") == tags, "a value adds to the XML: \(configuration.xml)")
    check(configuration.xml.utf8.allSatisfy { (32...126).contains($0) }, "the XML is not ASCII: \(configuration.xml)")
    struct DashboardRule: Decodable {
        let AllowedOrigins: [String]
        let AllowedHeaders: [String]?
        let ExposeHeaders: [String]?
    }
    let read = required("the JSON form") {
        try JSONDecoder().decode([DashboardRule].self, from: Data(configuration.json.utf8))
    }
    check(read.count == 1 && read[0].AllowedOrigins == [origin], "the JSON has another origin: \(configuration.json)")
    check(read[0].AllowedHeaders ?? [] == headers, "the JSON has other headers: \(configuration.json)")
    check(read[0].ExposeHeaders ?? [] == exposed, "the JSON has other exposed headers: \(configuration.json)")
}

private func checkOrigin(_ origin: String) {
    check(origin.isUnreserved(or: ":/[]*"), "an origin of other bytes is taken: \(origin)")
    check(origin == origin.lowercased(), "an origin in upper case is taken: \(origin)")
    check(origin.occurrences(of: "/") == 2, "an origin with a path is taken: \(origin)")
    check(
        origin.hasPrefix("http://") || origin.hasPrefix("https://"), "an origin of another scheme is taken: \(origin)")
    check(origin.occurrences(of: "*") <= 1, "an origin with two wildcards is taken: \(origin)")
    // Browsers send an origin in its shortest form, which is that of an endpoint.
    let plain = String(origin.map { $0 == "*" ? "x" : $0 })
    guard let endpoint = try? R2Endpoint(plain, allowsInsecureHTTP: true) else { return }
    check(endpoint.description == plain, "browsers send \(endpoint) for \(origin)")
}
