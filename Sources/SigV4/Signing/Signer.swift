/// Signs requests with AWS Signature Version 4, in headers or in the query.
///
/// A pure function of its arguments: no clock, no I/O.
///
/// ```swift
/// let signer = Signer(credentials: credentials, region: "auto", service: "s3", rules: .s3)
/// let request = SignableRequest(method: "GET", path: "/bucket/key", headers: [.init("host", "example.com")])
/// let signed = try signer.sign(request, payload: .empty, at: SigningTime(secondsSinceEpoch: 1_440_938_160))
/// ```
///
/// Source: "AWS Signature Version 4 for API requests" in the AWS IAM user guide.
public struct Signer: Sendable {
    /// Whose signature it is.
    public let credentials: SigningCredentials
    /// The region of the scope.
    public let region: String
    /// The service of the scope.
    public let service: String
    /// How the service wants the path, the payload's hash and the session token.
    public let rules: ServiceRules

    /// The longest lifetime of a presigned URL, in seconds: seven days.
    public static let longestLifetime = 604_800

    /// Takes whose signature it is and for what.
    public init(credentials: SigningCredentials, region: String, service: String, rules: ServiceRules) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.rules = rules
    }

    /// The header form: gives the headers to add to the request.
    /// - Parameters:
    ///   - request: Method, path, query and headers; every header in it is signed.
    ///   - payload: How the body is signed.
    ///   - time: When.
    /// - Returns: The headers to add, and the signature with its steps.
    /// - Throws: ``SigningError`` for a request that cannot be signed, or that already carries a signer's header.
    public func sign(
        _ request: SignableRequest, payload: Payload, at time: SigningTime
    ) throws(SigningError) -> SignedHeaders {
        try sign(request, payload: payload, at: time, with: key(at: time))
    }

    /// The signing key for the day of a time.
    ///
    /// Deriving one costs four HMACs: whoever signs many requests keeps it for the day.
    /// - Parameter time: When requests are signed.
    /// - Returns: The key.
    public func key(at time: SigningTime) -> SigningKey {
        SigningKey(
            secretAccessKey: credentials.secretAccessKey,
            scope: CredentialScope(time: time, region: region, service: service))
    }

    /// The header form with a key that was derived before.
    ///
    /// A key of another day, region or service is not used: one that fits is derived then. It must be of the signer's
    /// own credentials.
    /// - Parameters:
    ///   - request: Method, path, query and headers; every header in it is signed.
    ///   - payload: How the body is signed.
    ///   - time: When.
    ///   - key: What ``key(at:)`` gave for a time of the same day.
    /// - Returns: The headers to add, and the signature with its steps.
    /// - Throws: ``SigningError`` for a request that cannot be signed, or that already carries a signer's header.
    public func sign(
        _ request: SignableRequest, payload: Payload, at time: SigningTime, with key: SigningKey
    ) throws(SigningError) -> SignedHeaders {
        try check(request)
        var added = [SignableRequest.Header("x-amz-date", time.timestamp)]
        if rules.sendsPayloadHash { added.append(.init("x-amz-content-sha256", payload.headerValue)) }
        let token = credentials.sessionToken.map { SignableRequest.Header("x-amz-security-token", $0.exposed) }
        if let token, rules.signsSessionToken { added.append(token) }

        let signature = try signature(
            of: request, query: request.query, headers: request.headers + added, payload: payload, at: time, key)
        if let token, !rules.signsSessionToken { added.append(token) }
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(signature.scope), "
            + "SignedHeaders=\(signature.canonicalRequest.signedHeaders), Signature=\(signature.hex)"
        added.append(.init("authorization", authorization))
        return SignedHeaders(headers: added, signature: signature)
    }

    /// The query form: gives the query of a URL that whoever holds it may use.
    /// - Parameters:
    ///   - request: Method, path, query and headers; whoever uses the URL must send every header in it.
    ///   - payload: How the body is signed; for S3 and R2 ``Payload/unsigned``.
    ///   - lifetime: How long the URL is valid, in seconds, from 1 to 604,800.
    ///   - time: From when.
    /// - Returns: The whole query, and the signature with its steps.
    /// - Throws: ``SigningError`` for a request that cannot be signed, or that already carries a signer's parameter.
    public func presign(
        _ request: SignableRequest, payload: Payload = .unsigned, lifetime: Int, at time: SigningTime
    ) throws(SigningError) -> SignedQuery {
        try check(request)
        guard (1...Self.longestLifetime).contains(lifetime) else {
            throw SigningError(
                .invalidLifetime,
                "the lifetime must be 1 to 604800 seconds (seven days, Signature Version 4's limit)")
        }
        let scope = CredentialScope(time: time, region: region, service: service)
        let names = try CanonicalHeaders(request.headers).names
        var query = request.query
        query.append(.init("X-Amz-Algorithm", "AWS4-HMAC-SHA256"))
        query.append(.init("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"))
        query.append(.init("X-Amz-Date", time.timestamp))
        query.append(.init("X-Amz-Expires", "\(lifetime)"))
        query.append(.init("X-Amz-SignedHeaders", names))
        let token = credentials.sessionToken.map { SignableRequest.Parameter("X-Amz-Security-Token", $0.exposed) }
        if let token, rules.signsSessionToken { query.append(token) }

        let signature = try signature(
            of: request, query: query, headers: request.headers, payload: payload, at: time, key(at: time))
        var encoded = String(decoding: CanonicalQuery.make(query), as: UTF8.self)
        if let token, !rules.signsSessionToken { encoded += "&\(token.name)=\(PercentEncoding.encode(token.value))" }
        return SignedQuery(query: encoded + "&X-Amz-Signature=\(signature.hex)", signature: signature)
    }

    private func signature(
        of request: SignableRequest, query: [SignableRequest.Parameter], headers: [SignableRequest.Header],
        payload: Payload, at time: SigningTime, _ derived: SigningKey
    ) throws(SigningError) -> Signature {
        let canonical = CanonicalRequest(
            method: request.method, path: try CanonicalPath.make(request.path, rules: rules),
            query: CanonicalQuery.make(query), headers: try CanonicalHeaders(headers), payload: payload)
        let scope = CredentialScope(time: time, region: region, service: service)
        let stringToSign = StringToSign(canonical, time: time, scope: scope)
        let key = derived.scope == scope ? derived : key(at: time)
        return Signature(
            hex: key.signature(of: stringToSign), canonicalRequest: canonical, stringToSign: stringToSign, scope: scope)
    }

    private func check(_ request: SignableRequest) throws(SigningError) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(CanonicalHeaders.isTokenByte) else {
            throw SigningError(.invalidMethod, "the method must be an HTTP token, such as GET")
        }
        try CanonicalHeaders.refuseReserved(request.headers)
        try CanonicalQuery.refuseReserved(request.query)
    }
}
