#if Storage
internal import R2Kit

extension SetupCheck {
    /// Checks whether pages of an origin can upload and play.
    mutating func checkCORS(for origin: String) async throws {
        let remedy = Self.remedy(for: origin)
        let configuration: CORSConfiguration?
        do {
            configuration = try await client.getBucketCORS()
        } catch let error as R2Error {
            let isDenied = error.code == .accessDenied || error.code == .unauthorized
            report.add(
                .unknown, .corsUpload,
                isDenied
                    ? "Can't check: the token can't read the CORS rules."
                    : "Can't check (\(error.code)). \(error.message)",
                remedy: isDenied
                    ? "Use a token with the permission Admin Read, or check the bucket's settings in the dashboard."
                    : error.advice ?? "Check the bucket's settings in the dashboard.")
            return
        }
        guard let configuration else {
            report.add(.problem, .corsUpload, "The bucket has no CORS rules, so no page can use it.", remedy: remedy)
            return
        }
        let rules = CORSRules(configuration, origin: origin)
        reportUpload(rules, origin, remedy)
        reportPlayback(rules, origin, remedy)
    }

    private mutating func reportUpload(_ rules: CORSRules, _ origin: String, _ remedy: String) {
        guard let rule = rules.respondingRule(for: .put), rules.allow(.put, header: "content-type") else {
            let reason =
                rules.includeOrigin
                ? rules.respondingRule(for: .put) == nil
                    ? "don't allow PUT" : "don't allow the header content-type with PUT"
                : "don't include the origin"
            report.add(.problem, .corsUpload, "Pages of \(origin) can't upload: the rules \(reason).", remedy: remedy)
            return
        }
        report.add(.passed, .corsUpload, "Pages of \(origin) can upload.")
        if CORSRules.exposes("etag", rule) {
            report.add(.passed, .corsETag, "Pages can read the header ETag.")
        } else {
            report.add(
                .problem, .corsETag, "Pages can't read the header ETag, so they can't complete multipart uploads.",
                remedy: "Add ETag to the rule's exposed headers.")
        }
    }

    private mutating func reportPlayback(_ rules: CORSRules, _ origin: String, _ remedy: String) {
        guard let rule = rules.respondingRule(for: .get) else {
            report.add(
                .problem, .corsPlayback, "Scripts of \(origin) can't read objects: the rules don't allow GET.",
                remedy: remedy)
            return
        }
        var missing: [String] = []
        if rules.respondingRule(for: .head) == nil { missing.append("the method HEAD") }
        if !rules.allow(.get, header: "range") { missing.append("the header range") }
        for name in ["Content-Length", "Content-Range"] where !CORSRules.exposes(name, rule) {
            missing.append("the exposed header \(name)")
        }
        if missing.isEmpty {
            report.add(.passed, .corsPlayback, "Pages of \(origin) can play.")
        } else {
            report.add(
                .warning, .corsPlayback, "Some players will fail: the rules lack \(missing.joined(separator: ", ")).",
                remedy: remedy)
        }
    }

    private static func remedy(for origin: String) -> String {
        "Set CORSConfiguration.browserUploads(from: [\"\(origin)\"]) with putBucketCORS and a token with admin rights, or "
            + "paste its JSON in the dashboard (bucket, Settings, CORS policy)."
    }
}
#endif
