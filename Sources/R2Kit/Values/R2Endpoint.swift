/// The S3 API that requests go to: R2's own for an account, or another server's, such as an emulator's.
public struct R2Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// `https`, or `http`.
    public let scheme: String
    /// The host in lower case; an IPv6 address in brackets.
    public let host: String
    /// The port, unless it is the scheme's own.
    public let port: Int?
    /// The account, if this is R2.
    public let accountID: AccountID?
    /// The jurisdiction, if this is R2 and the bucket has one.
    public let jurisdiction: Jurisdiction?

    static let cloudflareDomain = "r2.cloudflarestorage.com"

    /// R2's S3 API for an account.
    /// - Parameters:
    ///   - accountID: The account.
    ///   - jurisdiction: The bucket's jurisdiction; a bucket is reachable through its own alone.
    public init(accountID: AccountID, jurisdiction: Jurisdiction? = nil) {
        scheme = "https"
        let middle = jurisdiction.map { ".\($0)" } ?? ""
        host = "\(accountID)\(middle).\(Self.cloudflareDomain)"
        port = nil
        self.accountID = accountID
        self.jurisdiction = jurisdiction
    }

    /// An endpoint given as a URL, such as `http://localhost:9000`.
    /// - Parameters:
    ///   - url: `https://` or `http://`, a host, and if need be a port; nothing after that but a slash.
    ///   - allowsInsecureHTTP: Whether `http://` is taken for hosts other than this machine's own. Requests then go
    ///     unencrypted, and with them whatever they are allowed to do.
    /// - Throws: ``R2KitError`` with the code `invalidEndpoint`; or `customDomain` for an `r2.dev` address.
    public init(_ url: String, allowsInsecureHTTP: Bool = false) throws(R2KitError) {
        let parts = try EndpointParser.parse(url)
        scheme = parts.scheme
        host = parts.host
        port = parts.port
        guard scheme == "https" || allowsInsecureHTTP || Self.isLoopback(parts.host) else {
            throw R2KitError(
                .invalidEndpoint, "plain http is for this machine only (localhost): use https, or allow it explicitly")
        }
        guard host != "r2.dev", !host.hasSuffix(".r2.dev") else {
            throw R2KitError(.customDomain, Self.customDomainAdvice)
        }
        (accountID, jurisdiction) = try Self.cloudflareParts(of: host)
        if accountID != nil, scheme != "https" || port != nil {
            throw R2KitError(.invalidEndpoint, "R2's S3 API is reached by https, without a port")
        }
    }

    /// What the `host` header carries: the host, and the port if it is not the scheme's own.
    public var authority: String { port.map { "\(host):\($0)" } ?? host }

    /// The URL, without a slash at the end.
    public var description: String { "\(scheme)://\(authority)" }

    /// Whether this is R2 itself.
    public var isCloudflare: Bool { accountID != nil }

    /// Whether the host is this machine.
    var isLoopback: Bool { Self.isLoopback(host) }

    /// Whether the host is an address and no name, so that no bucket can stand before it.
    var isAddress: Bool { host.hasPrefix("[") || Self.octets(of: host) != nil }

    /// Scheme and host of a custom domain, checked.
    static func publicOrigin(_ url: String) throws(R2KitError) -> String {
        let (scheme, host, port) = try EndpointParser.parse(url)
        guard host != cloudflareDomain, !host.hasSuffix(".\(cloudflareDomain)") else {
            throw R2KitError(
                .invalidEndpoint, "edge tokens are checked on a custom domain, not on R2's S3 API: presign URLs there")
        }
        guard host != "r2.dev", !host.hasSuffix(".r2.dev") else {
            throw R2KitError(
                .customDomain, "no rule guards an r2.dev address: use a custom domain, and switch r2.dev off")
        }
        guard scheme == "https" || isLoopback(host) else {
            throw R2KitError(.invalidEndpoint, "a token must not travel unencrypted: use https")
        }
        return "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "")
    }

    static var customDomainAdvice: String {
        "presigned URLs work on R2's S3 API (https://ACCOUNT.\(cloudflareDomain)) and nowhere else: custom domains "
            + "and r2.dev serve public reads only. Leave the endpoint out, and for playback on a custom domain use "
            + "EdgeTokenSigner"
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" || octets(of: host)?.first == 127
    }

    /// The four numbers of an IPv4 address.
    ///
    /// None has a zero before it, for systems read such a number to the base of eight: 0127.0.0.1 is 87.0.0.1 to them.
    static func octets(of host: some StringProtocol) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.utf8.count == 1 || $0.utf8.first != UInt8(ascii: "0") }) else { return nil }
        let numbers = parts.compactMap { ASCII.wholeNumber(String($0)).flatMap(UInt8.init(exactly:)) }
        return parts.count == 4 && numbers.count == 4 ? numbers : nil
    }

    private static func cloudflareParts(of host: String) throws(R2KitError) -> (AccountID?, Jurisdiction?) {
        guard host == cloudflareDomain || host.hasSuffix(".\(cloudflareDomain)") else { return (nil, nil) }
        let labels = host.dropLast(cloudflareDomain.count).split(separator: ".").map(String.init)
        guard (1...2).contains(labels.count), let account = try? AccountID(labels[0]) else {
            throw R2KitError(
                .invalidEndpoint,
                "R2's endpoint is https://ACCOUNT.\(cloudflareDomain), or https://ACCOUNT.JURISDICTION."
                    + "\(cloudflareDomain), without the bucket: the bucket has a setting of its own")
        }
        return (account, labels.count == 2 ? try Jurisdiction(labels[1]) : nil)
    }
}
