/// The rules for the origins of CORS.
enum CORSOrigin {
    static func check(_ origin: String) throws(R2KitError) {
        if origin == "*" { return }
        guard let separator = origin.range(ofFirst: "://") else {
            throw problem("an origin begins with https:// or http://, such as https://app.example.com; or it is '*'")
        }
        let scheme = origin[..<separator.lowerBound]
        guard scheme == "https" || scheme == "http" else { throw problem("an origin begins with https:// or http://") }
        let authority = String(origin[separator.upperBound...])
        guard !authority.contains(where: { "/?#@".contains($0) }) else {
            throw problem("an origin has no path, not even a slash at its end: write https://app.example.com")
        }
        // R2 answers MalformedXML to a wildcard port, and browsers send origins in lower case.
        if authority.hasSuffix(":*") { throw problem("R2 does not take '*' as an origin's port: name each port") }
        guard authority == authority.lowercased() else {
            throw problem("browsers send origins in lower case: write it so")
        }
        guard authority.count(where: { $0 == "*" }) <= 1 else { throw problem("an origin has at most one '*'") }
        let name = String(authority.map { $0 == "*" ? "x" : $0 })
        guard let parsed = try? EndpointParser.parse("\(scheme)://\(name)") else {
            throw problem("an origin is a scheme, a host and if need be a port, such as http://localhost:8080")
        }
        // What browsers send: no default port, no zeros in front of a port.
        let sent = "\(parsed.scheme)://\(parsed.host)" + (parsed.port.map { ":\($0)" } ?? "")
        guard sent == "\(scheme)://\(name)" else {
            throw problem("browsers leave out the default port, and write others without zeros in front: do the same")
        }
    }

    private static func problem(_ message: String) -> R2KitError { R2KitError(.invalidCORSRule, message) }
}
