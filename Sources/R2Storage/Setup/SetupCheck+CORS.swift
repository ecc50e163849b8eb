#if Storage
internal import R2Kit

extension SetupCheck {
    /// Looks whether pages of an origin can upload and play.
    mutating func readsCORS(for origin: String) async throws {
        let remedy = Self.remedy(for: origin)
        let configuration: CORSConfiguration?
        do {
            configuration = try await client.bucketCORS()
        } catch let error as R2Error {
            let isDenied = error.code == .accessDenied || error.code == .unauthorized
            report.add(
                .unknown, .corsUpload,
                isDenied
                    ? "could not check: the token may not read the CORS rules"
                    : "could not check: \(error.code): \(error.message)",
                remedy: isDenied
                    ? "check with a token of the permission Admin Read, or look at the bucket's settings in the dashboard"
                    : error.advice ?? "look at the bucket's settings in the dashboard")
            return
        }
        guard let configuration else {
            report.add(.problem, .corsUpload, "the bucket has no CORS rules: no page can use it", remedy: remedy)
            return
        }
        let rules = CORSRules(configuration, origin: origin)
        looksAtUpload(rules, origin, remedy)
        looksAtPlayback(rules, origin, remedy)
    }

    private mutating func looksAtUpload(_ rules: CORSRules, _ origin: String, _ remedy: String) {
        guard let rule = rules.answeringRule(for: .put), rules.allow(.put, header: "content-type") else {
            let reason =
                rules.hasOrigin
                ? rules.answeringRule(for: .put) == nil
                    ? "do not allow PUT" : "do not allow the header content-type with PUT"
                : "do not name the origin"
            report.add(.problem, .corsUpload, "pages of \(origin) cannot upload: the rules \(reason)", remedy: remedy)
            return
        }
        report.add(.passed, .corsUpload, "pages of \(origin) can upload")
        if CORSRules.exposes("etag", rule) {
            report.add(.passed, .corsETag, "pages can read ETag")
        } else {
            report.add(
                .problem, .corsETag, "pages cannot read ETag, so that no upload in parts can be completed",
                remedy: "add ETag to the rule's exposed headers")
        }
    }

    private mutating func looksAtPlayback(_ rules: CORSRules, _ origin: String, _ remedy: String) {
        guard let rule = rules.answeringRule(for: .get) else {
            report.add(
                .problem, .corsPlayback, "scripts of \(origin) cannot read objects: the rules do not allow GET",
                remedy: remedy)
            return
        }
        var gaps: [String] = []
        if rules.answeringRule(for: .head) == nil { gaps.append("the method HEAD") }
        if !rules.allow(.get, header: "range") { gaps.append("the header range") }
        for name in ["Content-Length", "Content-Range"] where !CORSRules.exposes(name, rule) {
            gaps.append("the exposed header \(name)")
        }
        if gaps.isEmpty {
            report.add(.passed, .corsPlayback, "pages of \(origin) can play")
        } else {
            report.add(
                .warning, .corsPlayback, "some players will fail: the rules lack \(gaps.joined(separator: ", "))",
                remedy: remedy)
        }
    }

    private static func remedy(for origin: String) -> String {
        "set CORSConfiguration.browserUploads(from: [\"\(origin)\"]) with putBucketCORS and a token with admin rights, or "
            + "paste its json in the dashboard (bucket, Settings, CORS policy)"
    }
}

/// The rules of a bucket as they are for one origin.
struct CORSRules {
    private let rules: [CORSConfiguration.Rule]

    init(_ configuration: CORSConfiguration, origin: String) {
        rules = configuration.rules.filter { rule in rule.allowedOrigins.contains { Self.fits($0, origin) } }
    }

    /// Whether a rule names the origin.
    var hasOrigin: Bool { !rules.isEmpty }

    /// The rule by which a request itself is answered, and which says what of the answer scripts may read.
    ///
    /// It is the first that fits: a browser names the headers it is going to send before the request (preflight), not with
    /// it, so that a rule which would not let them pass comes first all the same.
    func answeringRule(for method: CORSConfiguration.Rule.Method) -> CORSConfiguration.Rule? {
        rules.first { $0.allowedMethods.contains(method) }
    }

    /// Whether any rule lets a header pass with a method.
    func allow(_ method: CORSConfiguration.Rule.Method, header: String) -> Bool {
        rules.contains { rule in
            rule.allowedMethods.contains(method)
                && rule.allowedHeaders.contains { Self.fits($0.lowercased(), header.lowercased()) }
        }
    }

    /// Whether scripts may read a header of the answer.
    static func exposes(_ header: String, _ rule: CORSConfiguration.Rule) -> Bool {
        rule.exposedHeaders.contains { $0 == "*" || $0.lowercased() == header.lowercased() }
    }

    /// Whether a text is what a pattern with at most one `*` means, compared byte by byte.
    private static func fits(_ pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return pattern == text }
        let tail = pattern[(star + 1)...]
        return text.count >= pattern.count - 1 && text.starts(with: pattern[..<star])
            && text.suffix(tail.count).elementsEqual(tail)
    }
}
#endif
