#if Storage
package import R2Kit

/// The CORS rules of a bucket that apply to one origin.
package struct CORSRules: Sendable {
    private let rules: [CORSConfiguration.Rule]

    /// Creates the rules of a configuration that apply to an origin.
    /// - Parameters:
    ///   - configuration: The configuration of the bucket.
    ///   - origin: The origin of a page, as its requests state it.
    package init(_ configuration: CORSConfiguration, origin: String) {
        rules = configuration.rules.filter { rule in
            rule.allowedOrigins.contains { Self.matches(pattern: $0, origin) }
        }
    }

    /// A Boolean value that indicates whether any rule includes the origin.
    package var includeOrigin: Bool { !rules.isEmpty }

    /// Returns the rule that R2 applies to the request itself, which decides which response headers scripts may read.
    ///
    /// It is the first rule that matches. A browser announces request headers before the request (preflight), not with
    /// it, so a rule that doesn't allow them still comes first.
    package func respondingRule(for method: CORSConfiguration.Rule.Method) -> CORSConfiguration.Rule? {
        rules.first { $0.allowedMethods.contains(method) }
    }

    /// Returns `true` if any rule allows a request header with a method.
    package func allow(_ method: CORSConfiguration.Rule.Method, header: String) -> Bool {
        rules.contains { rule in
            rule.allowedMethods.contains(method)
                && rule.allowedHeaders.contains { Self.matches(pattern: $0.lowercased(), header.lowercased()) }
        }
    }

    /// Returns `true` if a rule lets scripts read a response header.
    package static func exposes(_ header: String, _ rule: CORSConfiguration.Rule) -> Bool {
        rule.exposedHeaders.contains { $0 == "*" || $0.lowercased() == header.lowercased() }
    }

    /// Compares a string, byte by byte, with a pattern that contains at most one `*`.
    private static func matches(pattern: String, _ text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        guard let star = pattern.firstIndex(of: UInt8(ascii: "*")) else { return pattern == text }
        let tail = pattern[(star + 1)...]
        return text.count >= pattern.count - 1 && text.starts(with: pattern[..<star])
            && text.suffix(tail.count).elementsEqual(tail)
    }
}
#endif
