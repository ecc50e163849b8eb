/// The S3 API that requests are sent to: R2's own for an account, or another server's, such as an emulator's.
public struct R2Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// The scheme: `https` or `http`.
    public let scheme: String
    /// The host in lower case, with brackets around an IPv6 address.
    public let host: String
    /// The port, or `nil` if it's the scheme's own.
    public let port: Int?
    /// The path before the bucket, such as `/storage/v1/s3`, without a slash at its end.
    ///
    /// Empty for R2 and for most other servers.
    public let basePath: String
    /// The account, if the endpoint is R2's.
    public let accountID: AccountID?
    /// The jurisdiction, if the endpoint is R2's and the bucket has one.
    public let jurisdiction: Jurisdiction?

    static let cloudflareDomain = "r2.cloudflarestorage.com"

    /// Creates the endpoint of R2's S3 API for an account.
    /// - Parameters:
    ///   - accountID: The account.
    ///   - jurisdiction: The bucket's jurisdiction. A bucket is reachable only through its own.
    public init(accountID: AccountID, jurisdiction: Jurisdiction? = nil) {
        scheme = "https"
        let middle = jurisdiction.map { ".\($0)" } ?? ""
        host = "\(accountID)\(middle).\(Self.cloudflareDomain)"
        port = nil
        basePath = ""
        self.accountID = accountID
        self.jurisdiction = jurisdiction
    }

    /// Creates an endpoint from a URL, such as `http://localhost:9000`.
    ///
    /// Some servers have a path before the bucket: Cloudflare's local R2 has
    /// `http://localhost:8787/cdn-cgi/local/r2/s3`. R2's own endpoint has none.
    /// - Parameters:
    ///   - url: `https://` or `http://`, a host, and optionally a port and a path. The path consists of letters, digits
    ///     and `-._~` between slashes. It ends before the bucket, which has a setting of its own.
    ///   - allowsInsecureHTTP: A Boolean value that indicates whether `http://` is allowed for hosts other than this
    ///     machine. Requests, and the permissions that they carry, are then sent unencrypted.
    /// - Throws: ``R2ValidationError`` with the code `invalidEndpoint`, or `customDomain` for an `r2.dev` address.
    public init(_ url: String, allowsInsecureHTTP: Bool = false) throws(R2ValidationError) {
        let (origin, path) = try EndpointParser.parse(url)
        scheme = origin.scheme
        host = origin.host
        port = origin.port
        basePath = path
        guard scheme == "https" || allowsInsecureHTTP || Self.isLoopback(origin.host) else {
            throw R2ValidationError(
                .invalidEndpoint,
                "Invalid endpoint: plain HTTP is for this machine only (localhost). "
                    + "Use https, or allow HTTP explicitly."
            )
        }
        guard host != "r2.dev", !host.hasSuffix(".r2.dev") else {
            throw R2ValidationError(.customDomain, Self.customDomainAdvice)
        }
        (accountID, jurisdiction) = try Self.cloudflareParts(of: host)
        if accountID != nil, scheme != "https" || port != nil || !basePath.isEmpty {
            throw R2ValidationError(
                .invalidEndpoint,
                "Invalid endpoint: R2's S3 API needs https, and no port or path. Set the bucket separately.")
        }
    }

    /// The value of the `host` header: the host, and the port if it isn't the scheme's own.
    public var authority: String { port.map { "\(host):\($0)" } ?? host }

    /// The URL with its path, without a trailing slash.
    public var description: String { "\(scheme)://\(authority)\(basePath)" }

    /// A Boolean value that indicates whether the endpoint is R2's.
    public var isCloudflare: Bool { accountID != nil }

    /// A Boolean value that indicates whether the host is this machine.
    var isLoopback: Bool { Self.isLoopback(host) }

    /// A Boolean value that indicates whether the host is an IP address, so that no bucket can be part of it.
    var isAddress: Bool { host.hasPrefix("[") || Self.octets(of: host) != nil }

    /// Returns a message if the path already names the bucket, so that keys would start with the bucket's name.
    ///
    /// `nil` if the endpoint suits the bucket.
    func problem(with bucket: BucketName) -> String? {
        guard basePath.hasSuffix("/\(bucket)") else { return nil }
        return "Invalid endpoint: its path ends with the bucket's name. Remove it, because the bucket has a setting of "
            + "its own."
    }

    /// Checks the URL of a custom domain, and returns its scheme, host and port.
    static func publicOrigin(_ url: String) throws(R2ValidationError) -> String {
        let (scheme, host, port) = try EndpointParser.parseOrigin(url)
        guard host != cloudflareDomain, !host.hasSuffix(".\(cloudflareDomain)") else {
            throw R2ValidationError(
                .invalidEndpoint,
                "Invalid origin: edge tokens are for custom domains. Use presigned URLs for R2's S3 API.")
        }
        guard host != "r2.dev", !host.hasSuffix(".r2.dev") else {
            throw R2ValidationError(
                .customDomain,
                "Invalid origin: rules don't protect r2.dev addresses. Use a custom domain, and turn r2.dev off.")
        }
        guard scheme == "https" || isLoopback(host) else {
            throw R2ValidationError(
                .invalidEndpoint, "Invalid origin: use https, so that the token isn't sent unencrypted.")
        }
        return "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "")
    }

    static var customDomainAdvice: String {
        "Invalid endpoint: presigned URLs work only on R2's S3 API (https://ACCOUNT.\(cloudflareDomain)). "
            + "Custom domains and r2.dev serve public reads only. Leave the endpoint out, and use EdgeTokenSigner "
            + "for playback on a custom domain."
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || octets(of: host)?.first == 127
    }

    /// Returns the four numbers of an IPv4 address.
    ///
    /// None may have a leading zero, because some systems read such a number as octal: 0127.0.0.1 is 87.0.0.1 to them.
    static func octets(of host: some StringProtocol) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.utf8.count == 1 || $0.utf8.first != UInt8(ascii: "0") }) else { return nil }
        let numbers = parts.compactMap { ASCII.wholeNumber(String($0)).flatMap(UInt8.init(exactly:)) }
        return parts.count == 4 && numbers.count == 4 ? numbers : nil
    }

    private static func cloudflareParts(of host: String) throws(R2ValidationError) -> (AccountID?, Jurisdiction?) {
        guard host == cloudflareDomain || host.hasSuffix(".\(cloudflareDomain)") else { return (nil, nil) }
        let labels = host.dropLast(cloudflareDomain.count).split(separator: ".").map(String.init)
        guard (1...2).contains(labels.count), let account = try? AccountID(labels[0]) else {
            throw R2ValidationError(
                .invalidEndpoint,
                "Invalid endpoint: expected https://ACCOUNT.\(cloudflareDomain) or https://ACCOUNT.JURISDICTION."
                    + "\(cloudflareDomain) without the bucket, which is a separate setting.")
        }
        return (account, labels.count == 2 ? try Jurisdiction(labels[1]) : nil)
    }
}

/// The place in a URL that names the bucket.
public enum AddressingStyle: String, Sendable, Hashable, Codable {
    /// The path: `https://host/bucket/key`. Works everywhere, and is the default.
    case path
    /// The host: `https://bucket.host/key`.
    case virtualHosted
}
