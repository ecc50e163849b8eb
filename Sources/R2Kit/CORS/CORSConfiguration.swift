/// Which pages may send requests to a bucket from a browser.
///
/// Hand ``json`` to the dashboard (R2 → bucket → Settings → CORS policy), or ``xml`` to PutBucketCors. A change takes
/// up to half a minute. Source: R2 "Configure CORS".
public struct CORSConfiguration: Sendable, Hashable {
    /// The rules; the first that fits a request counts.
    public let rules: [Rule]

    /// Combines rules that have been checked one by one.
    /// - Throws: ``R2KitError`` with the code `invalidCORSRule` if there is none, or more than 100.
    public init(rules: [Rule]) throws(R2KitError) {
        guard (1...100).contains(rules.count) else {
            throw R2KitError(.invalidCORSRule, "a CORS configuration has 1 to 100 rules, not \(rules.count)")
        }
        self.rules = rules
    }

    init(answered rules: [Rule]) { self.rules = rules }

    /// What a page needs that uploads to presigned URLs and plays from them.
    ///
    /// It allows PUT, GET and HEAD; the headers that ``UploadConstraints`` and ``PartConstraints`` can sign; and lets
    /// scripts read `ETag`, without which no multipart upload in a browser can be completed, and what players read.
    /// - Parameters:
    ///   - origins: The pages' origins, such as `https://app.example.com`.
    ///   - metadataNames: The names of user metadata that uploads carry, without `x-amz-meta-`.
    /// - Returns: The configuration.
    /// - Throws: ``R2KitError`` with the code `invalidCORSRule` for an origin that R2 would refuse.
    public static func browserUploads(
        from origins: [String], metadataNames: [String] = []
    ) throws(R2KitError) -> CORSConfiguration {
        let signable = [
            "cache-control", "content-disposition", "content-md5", "content-type", "if-match", "if-none-match", "range",
            "x-amz-checksum-crc32", "x-amz-checksum-crc32c", "x-amz-checksum-sha1", "x-amz-checksum-sha256",
            "x-amz-storage-class",
        ]
        let rule = try Rule(
            allowedOrigins: origins, allowedMethods: [.put, .get, .head],
            allowedHeaders: signable + metadataNames.map { "x-amz-meta-\($0.lowercased())" },
            exposedHeaders: ["ETag", "Content-Length", "Content-Range", "Accept-Ranges"], maximumAge: 3600)
        return try CORSConfiguration(rules: [rule])
    }
}

extension CORSConfiguration {
    /// One rule.
    public struct Rule: Sendable, Hashable {
        /// A method that a rule can allow.
        public enum Method: String, Sendable, Hashable {
            /// Read an object.
            case get = "GET"
            /// Write an object or a part.
            case put = "PUT"
            /// Ask about an object.
            case head = "HEAD"
            /// Delete an object.
            case delete = "DELETE"
            /// Begin or finish a multipart upload.
            case post = "POST"
        }

        /// Scheme, host and port, `*` for every page, or with one `*` in the host for its subdomains.
        public let allowedOrigins: [String]
        /// The methods.
        public let allowedMethods: [Method]
        /// The headers that scripts may set; `*` for all.
        public let allowedHeaders: [String]
        /// The headers of the answer that scripts may read.
        public let exposedHeaders: [String]
        /// How many seconds browsers may remember the answer to a preflight request; at most 86,400.
        public let maximumAge: Int?

        /// Checks and combines the parts of a rule.
        /// - Parameters:
        ///   - allowedOrigins: At least one, each a scheme, a host and if need be a port, without a path; or `*`.
        ///   - allowedMethods: At least one.
        ///   - allowedHeaders: Names of headers, in any case, or `*`.
        ///   - exposedHeaders: Names of headers, in any case.
        ///   - maximumAge: Seconds, from 0 to 86,400.
        /// - Throws: ``R2KitError`` with the code `invalidCORSRule`.
        public init(
            allowedOrigins: [String], allowedMethods: [Method], allowedHeaders: [String] = [],
            exposedHeaders: [String] = [], maximumAge: Int? = nil
        ) throws(R2KitError) {
            guard !allowedOrigins.isEmpty else {
                throw R2KitError(.invalidCORSRule, "a CORS rule needs an origin, such as https://app.example.com")
            }
            guard !allowedMethods.isEmpty else {
                throw R2KitError(.invalidCORSRule, "a CORS rule needs a method, such as .put")
            }
            for origin in allowedOrigins { try CORSOrigin.check(origin) }
            for name in allowedHeaders + exposedHeaders { try Self.check(header: name) }
            guard maximumAge.map({ (0...86_400).contains($0) }) ?? true else {
                throw R2KitError(.invalidCORSRule, "a CORS rule is remembered for 0 to 86400 seconds")
            }
            self.allowedOrigins = allowedOrigins
            self.allowedMethods = allowedMethods
            self.allowedHeaders = allowedHeaders
            self.exposedHeaders = exposedHeaders
            self.maximumAge = maximumAge
        }

        init(answered origins: [String], _ methods: [Method], _ headers: [String], _ exposed: [String], _ age: Int?) {
            allowedOrigins = origins
            allowedMethods = methods
            allowedHeaders = headers
            exposedHeaders = exposed
            maximumAge = age
        }

        private static func check(header name: String) throws(R2KitError) {
            let isToken = name.utf8.allSatisfy {
                ASCII.isLetter($0) || ASCII.isDigit($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
            guard !name.isEmpty, isToken else {
                throw R2KitError(.invalidCORSRule, "a CORS rule names headers such as content-type, or '*' for all")
            }
        }
    }
}
