/// A configuration of the web pages that can send requests to a bucket from a browser (CORS).
///
/// Paste ``json`` into the dashboard (R2 → bucket → Settings → CORS policy), or send the configuration with
/// ``PutBucketCors``. A change takes effect within 30 seconds. Source: R2 "Configure CORS".
public struct CORSConfiguration: Sendable, Hashable {
    /// The rules.
    ///
    /// The first one that matches a request applies.
    public let rules: [Rule]

    /// Creates a configuration.
    /// - Parameter rules: The rules, from 1 to 100.
    /// - Throws: ``R2ValidationError`` with the code `invalidCORSRule` if there are no rules or more than 100.
    public init(rules: [Rule]) throws(R2ValidationError) {
        guard (1...100).contains(rules.count) else {
            throw R2ValidationError(
                .invalidCORSRule, "Invalid CORS configuration: expected 1 to 100 rules, not \(rules.count).")
        }
        self.rules = rules
    }

    init(received rules: [Rule]) { self.rules = rules }

    /// Creates a configuration for pages that upload to presigned URLs and play videos from them.
    ///
    /// It allows PUT, GET, and HEAD, and the headers that ``UploadConstraints`` and ``PartConstraints`` can sign.
    /// Scripts can read `ETag`, which the completion of a multipart upload requires, and the headers that players read.
    /// - Parameters:
    ///   - origins: The origins of the pages, such as `https://app.example.com`.
    ///   - metadataNames: The names of the user metadata that uploads send, without `x-amz-meta-`.
    /// - Returns: The configuration.
    /// - Throws: ``R2ValidationError`` with the code `invalidCORSRule` if R2 wouldn't accept an origin or a name.
    public static func browserUploads(
        from origins: [String], metadataNames: [String] = []
    ) throws(R2ValidationError) -> CORSConfiguration {
        let signable = [
            "cache-control", "content-disposition", "content-md5", "content-type", "if-match", "if-none-match", "range",
            "x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-sha1", "x-amz-checksum-sha256",
            "x-amz-storage-class",
        ]
        let rule = try Rule(
            allowedOrigins: origins, allowedMethods: [.put, .get, .head],
            allowedHeaders: signable + metadataNames.map { "x-amz-meta-\($0.lowercased())" },
            exposedHeaders: ["ETag", "Content-Length", "Content-Range", "Accept-Ranges"], maxAge: .seconds(3600))
        return try CORSConfiguration(rules: [rule])
    }
}

extension CORSConfiguration {
    /// A CORS rule.
    public struct Rule: Sendable, Hashable {
        /// An HTTP method that a rule can allow.
        public enum Method: String, Sendable, Hashable {
            /// Reads an object.
            case get = "GET"
            /// Stores an object or a part.
            case put = "PUT"
            /// Reads an object's metadata.
            case head = "HEAD"
            /// Deletes an object.
            case delete = "DELETE"
            /// Creates or completes a multipart upload.
            case post = "POST"
        }

        /// The allowed origins.
        ///
        /// An origin is a scheme, a host, and an optional port. One `*` in the host stands for any subdomain, and `*`
        /// alone for every origin.
        public let allowedOrigins: [String]
        /// The allowed methods.
        public let allowedMethods: [Method]
        /// The request headers that scripts can set, or `*` for all.
        public let allowedHeaders: [String]
        /// The response headers that scripts can read.
        public let exposedHeaders: [String]
        /// The time for which browsers can cache the response to a preflight request.
        public let maxAge: Duration?

        /// Creates a rule.
        /// - Parameters:
        ///   - allowedOrigins: At least one origin: a scheme, a host, and an optional port without a path, or `*`.
        ///   - allowedMethods: At least one method.
        ///   - allowedHeaders: The names of request headers, in any case, or `*`.
        ///   - exposedHeaders: The names of response headers, in any case.
        ///   - maxAge: The time for which browsers can cache the response to a preflight request, from 0 to 86,400
        ///     whole seconds.
        /// - Throws: ``R2ValidationError`` with the code `invalidCORSRule` if R2 or browsers wouldn't accept the rule.
        public init(
            allowedOrigins: [String], allowedMethods: [Method], allowedHeaders: [String] = [],
            exposedHeaders: [String] = [], maxAge: Duration? = nil
        ) throws(R2ValidationError) {
            guard !allowedOrigins.isEmpty else {
                throw Self.problem("expected at least one origin, such as https://app.example.com")
            }
            guard !allowedMethods.isEmpty else { throw Self.problem("expected at least one method, such as .put") }
            for origin in allowedOrigins { try CORSOrigin.check(origin) }
            for name in allowedHeaders + exposedHeaders { try Self.check(header: name) }
            if let maxAge {
                guard maxAge.components.attoseconds == 0, (0...86_400).contains(maxAge.components.seconds) else {
                    throw Self.problem("expected a maximum age of 0 to 86,400 whole seconds")
                }
            }
            self.allowedOrigins = allowedOrigins
            self.allowedMethods = allowedMethods
            self.allowedHeaders = allowedHeaders
            self.exposedHeaders = exposedHeaders
            self.maxAge = maxAge
        }

        /// Creates a rule that a bucket has, even if R2 wouldn't accept it anymore.
        init(
            receivedOrigins: [String], methods: [Method], headers: [String], exposedHeaders: [String],
            maxAge: Duration?
        ) {
            allowedOrigins = receivedOrigins
            allowedMethods = methods
            allowedHeaders = headers
            self.exposedHeaders = exposedHeaders
            self.maxAge = maxAge
        }

        private static func check(header name: String) throws(R2ValidationError) {
            let isToken = name.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
            guard !name.isEmpty, isToken else {
                throw problem("expected header names such as content-type, or \"*\" for all")
            }
        }

        private static func problem(_ message: String) -> R2ValidationError {
            R2ValidationError(.invalidCORSRule, "Invalid CORS rule: \(message).")
        }
    }
}

/// The rules for the origins of CORS.
private enum CORSOrigin {
    static func check(_ origin: String) throws(R2ValidationError) {
        if origin == "*" { return }
        guard let scheme = ["https", "http"].first(where: { origin.hasPrefix("\($0)://") }) else {
            throw problem("expected a URL that starts with https:// or http://, or \"*\"")
        }
        let authority = String(origin.dropFirst("\(scheme)://".count))
        guard !authority.contains(where: { "/?#@".contains($0) }) else {
            throw problem("expected no path, not even a final slash, such as https://app.example.com")
        }
        // R2 responds with MalformedXML to a wildcard port, and browsers send origins in lowercase.
        if authority.hasSuffix(":*") { throw problem("R2 doesn't accept \"*\" as a port. List each port") }
        guard authority == authority.lowercased() else {
            throw problem("browsers send origins in lowercase, so write it in lowercase")
        }
        guard authority.count(where: { $0 == "*" }) <= 1 else { throw problem("expected at most one \"*\"") }
        let name = String(authority.map { $0 == "*" ? "x" : $0 })
        guard let parsed = try? EndpointParser.parseOrigin("\(scheme)://\(name)") else {
            throw problem("expected a scheme, a host, and an optional port, such as http://localhost:8080")
        }
        // Browsers omit the default port and leading zeros.
        let sent = "\(parsed.scheme)://\(parsed.host)" + (parsed.port.map { ":\($0)" } ?? "")
        guard sent == "\(scheme)://\(name)" else {
            throw problem("browsers omit the default port and leading zeros of a port, so omit them too")
        }
    }

    private static func problem(_ message: String) -> R2ValidationError {
        R2ValidationError(.invalidCORSRule, "Invalid CORS origin: \(message).")
    }
}
