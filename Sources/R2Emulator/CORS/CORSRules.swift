#if Emulator
internal import R2Kit

/// The CORS rules of a bucket.
///
/// Sources: R2 "Configure CORS" and R2's release notes of 2022-09-28, 2022-11-17, 2023-10-23 and 2024-01-30.
struct CORSRules: Sendable {
    private let rules: [CORSConfiguration.Rule]

    /// Reads the document that a client stores.
    ///
    /// R2 refuses origins that aren't valid, a wildcard as the port and empty names (documented). Unsettled: the code
    /// for other mistakes. Here all are MalformedXML, with the mistake in the request log. This includes rules that R2
    /// may accept, although no browser's request matches them, such as an origin in upper case.
    /// - Parameter document: The XML document, whose elements are known ones.
    /// - Throws: A ``Refusal`` with the code `MalformedXML`.
    init(_ document: [UInt8]) throws(Refusal) {
        do {
            let parsed = try GetBucketCors().output(from: R2Response(status: 200, body: document))
            let rules = try parsed.rules.map { rule in
                try CORSConfiguration.Rule(
                    allowedOrigins: rule.allowedOrigins, allowedMethods: rule.allowedMethods,
                    allowedHeaders: rule.allowedHeaders, exposedHeaders: rule.exposedHeaders, maxAge: rule.maxAge)
            }
            self.rules = try CORSConfiguration(rules: rules).rules
        } catch {
            throw Refusal(
                status: 400, code: "MalformedXML",
                message: "The XML you provided was not well formed or did not validate against our published schema.",
                explanation: "\(error)")
        }
    }

    /// Returns the headers that a response needs so that the page that sent the request can read it.
    ///
    /// R2 sends them if the request has an `Origin` that a rule allows (documented). A request without a match is
    /// performed all the same, without these headers. Most errors have none (reported), and here no error has.
    /// Unsettled: `Vary`, and credentials, which the emulator doesn't allow.
    /// - Parameters:
    ///   - request: The request, which isn't a preflight request.
    ///   - status: The status of the response.
    /// - Returns: The headers, or an empty array.
    func headers(for request: EmulatorRequest, status: Int) -> [(String, String)] {
        guard status < 400, let origin = request.header("origin"),
            let rule = rules.first(where: { $0.allows(origin: origin) && $0.allows(method: request.method) })
        else { return [] }
        return rule.commonHeaders(for: origin)
    }

    /// Returns the headers of the response to a preflight request.
    /// - Parameter request: The preflight request.
    /// - Returns: The headers, or `nil` if no rule allows the announced request.
    func headers(for request: PreflightRequest) -> [(String, String)]? {
        let rule = rules.first { rule in
            rule.allows(origin: request.origin) && rule.allows(method: request.method)
                && request.headers.allSatisfy(rule.allows(header:))
        }
        guard let rule else { return nil }
        var headers = rule.commonHeaders(for: request.origin)
        let methods = rule.allowedMethods.map(\.rawValue).joined(separator: ", ")
        headers.append(("Access-Control-Allow-Methods", methods))
        if !request.headers.isEmpty {
            headers.append(("Access-Control-Allow-Headers", request.headers.joined(separator: ", ")))
        }
        if let maxAge = rule.maxAge {
            headers.append(("Access-Control-Max-Age", String(maxAge.components.seconds)))
        }
        return headers
    }
}

extension CORSConfiguration.Rule {
    /// Origins match exactly, or by one `*` in the place of at least one character.
    fileprivate func allows(origin: String) -> Bool {
        allowedOrigins.contains { pattern in
            guard pattern != "*" else { return true }
            let sides = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
            guard sides.count == 2 else { return pattern.utf8.elementsEqual(origin.utf8) }
            let origin = Array(origin.utf8)
            return origin.count > sides[0].count + sides[1].count && origin.starts(with: sides[0])
                && origin.reversed().starts(with: sides[1].reversed())
        }
    }

    fileprivate func allows(method: String) -> Bool { allowedMethods.contains { $0.rawValue == method } }

    /// Names are compared without case (documented).
    ///
    /// Unsettled: `*` as a part of a name, which here matches nothing.
    fileprivate func allows(header name: String) -> Bool {
        allowedHeaders.contains { $0 == "*" || $0.lowercased() == name }
    }

    fileprivate func commonHeaders(for origin: String) -> [(String, String)] {
        let isForAll = allowedOrigins.contains("*")
        var headers = [("Access-Control-Allow-Origin", isForAll ? "*" : origin)]
        if !exposedHeaders.isEmpty {
            headers.append(("Access-Control-Expose-Headers", exposedHeaders.joined(separator: ", ")))
        }
        if !isForAll { headers.append(("Vary", "Origin")) }
        return headers
    }
}
#endif
