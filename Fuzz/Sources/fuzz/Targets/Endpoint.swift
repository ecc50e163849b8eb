import R2Kit

/// The endpoint parser: an endpoint is a scheme, a host and a port, and stays the same when it's written and read
/// again.
@Sendable func fuzzEndpoint(_ input: FuzzInput) {
    let text = input.wholeText
    guard let endpoint = try? R2Endpoint(text, allowsInsecureHTTP: true) else { return }
    let written = endpoint.description
    check(written.isUnreserved(or: ":/[]"), "an endpoint of other bytes is taken: \(written)")
    let parts = "\(endpoint.scheme)://\(endpoint.authority)\(endpoint.basePath)"
    check(written == parts, "the authority or the path is not the URL's: \(written)")
    let path = endpoint.basePath
    check(path.isEmpty || path.hasPrefix("/") && !path.hasSuffix("/"), "the path is \(path)")
    check(!["//", "/./", "/../"].contains { "\(path)/".contains($0) }, "the path is \(path)")
    check(["http", "https"].contains(endpoint.scheme), "the scheme is \(endpoint.scheme)")
    check(endpoint.host == endpoint.host.lowercased(), "the host is not in lower case: \(written)")
    check(endpoint.port.map { (1...65_535).contains($0) } ?? true, "a port is out of range: \(written)")
    check((try? R2Endpoint(written, allowsInsecureHTTP: true)) == endpoint, "\(written) is not read back as it was")
    check(endpoint.host != "r2.dev" && !endpoint.host.hasSuffix(".r2.dev"), "a public address is taken: \(written)")

    let needsPermission = endpoint.scheme == "http" && !endpoint.host.isThisMachine
    if needsPermission { check((try? R2Endpoint(text)) == nil, "plain http is taken for \(written)") }
    let isCloudflare = endpoint.host.hasSuffix(".r2.cloudflarestorage.com")
    check(isCloudflare == endpoint.isCloudflare, "\(written) is taken for R2, or not")
    if let account = endpoint.accountID {
        check(
            R2Endpoint(accountID: account, jurisdiction: endpoint.jurisdiction) == endpoint,
            "\(written) is not R2's own")
    }
}

extension String {
    fileprivate var isThisMachine: Bool {
        self == "localhost" || hasSuffix(".localhost") || self == "[::1]" || hasPrefix("127.")  // or a name
    }
}
