/// A signer of requests with AWS Signature Version 4, in headers or in the query.
///
/// Its results depend only on its arguments: it uses no clock and does no I/O.
///
/// ```swift
/// let signer = Signer(credentials: credentials, region: "auto", service: "s3", rules: .s3)
/// let request = SignableRequest(
///     method: "GET", path: "/bucket/key", headers: [SignableRequest.Header("host", "example.com")])
/// let signed = try signer.sign(request, payload: .empty, at: SigningTime(secondsSinceEpoch: 1_440_938_160))
/// ```
///
/// Source: "AWS Signature Version 4 for API requests" in the AWS IAM user guide.
public struct Signer: Sendable {
    /// The credentials that sign.
    public let credentials: SigningCredentials
    /// The region of the scope.
    public let region: String
    /// The service of the scope.
    public let service: String
    /// The service's rules for the path, the payload's hash and the session token.
    public let rules: ServiceRules

    /// The maximum lifetime of a presigned URL: seven days.
    public static let maximumLifetime = Duration.seconds(604_800)

    /// Creates a signer.
    /// - Parameters:
    ///   - credentials: The credentials that sign.
    ///   - region: The region of the scope.
    ///   - service: The service of the scope.
    ///   - rules: The service's rules.
    public init(credentials: SigningCredentials, region: String, service: String, rules: ServiceRules) {
        self.credentials = credentials
        self.region = region
        self.service = service
        self.rules = rules
    }

    /// Signs a request in its headers.
    /// - Parameters:
    ///   - request: The request. Every header in it is signed.
    ///   - payload: The part of the signature that covers the body.
    ///   - time: The time of signing.
    /// - Returns: The headers to add, and the signature with its intermediate results.
    /// - Throws: ``SigningError`` if the request can't be signed, or already has a header that the signer sets.
    public func sign(
        _ request: SignableRequest, payload: Payload, at time: SigningTime
    ) throws(SigningError) -> HeaderAuthorization {
        try sign(request, payload: payload, at: time, with: signingKey(at: time))
    }

    /// Returns the signing key for the day of a time.
    ///
    /// Deriving one takes four HMACs. Keep it for the day to sign many requests.
    /// - Parameter time: A time on the day for which the key is valid.
    /// - Returns: The key.
    public func signingKey(at time: SigningTime) -> SigningKey {
        SigningKey(
            secretAccessKey: credentials.secretAccessKey,
            scope: CredentialScope(time: time, region: region, service: service))
    }

    /// Signs a request in its headers, with a key that was derived before.
    ///
    /// The key must be derived from the signer's own credentials. If its day, region or service don't match, the signer
    /// derives another one.
    /// - Parameters:
    ///   - request: The request. Every header in it is signed.
    ///   - payload: The part of the signature that covers the body.
    ///   - time: The time of signing.
    ///   - key: The result of ``signingKey(at:)`` for a time on the same day.
    /// - Returns: The headers to add, and the signature with its intermediate results.
    /// - Throws: ``SigningError`` if the request can't be signed, or already has a header that the signer sets.
    public func sign(
        _ request: SignableRequest, payload: Payload, at time: SigningTime, with key: SigningKey
    ) throws(SigningError) -> HeaderAuthorization {
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
        return HeaderAuthorization(headers: added, signature: signature)
    }

    /// Signs a request in its query, so that anyone who has the URL can send it.
    /// - Parameters:
    ///   - request: The request. The client must send every header in it.
    ///   - payload: The part of the signature that covers the body, which is ``Payload/unsigned`` for S3 and R2.
    ///   - lifetime: How long the URL is valid: whole seconds from 1 to 604,800.
    ///   - time: The time of signing.
    /// - Returns: The URL's query, and the signature with its intermediate results.
    /// - Throws: ``SigningError`` if the request can't be signed, or already has a parameter that the signer sets.
    public func presign(
        _ request: SignableRequest, payload: Payload = .unsigned, expiresIn lifetime: Duration, at time: SigningTime
    ) throws(SigningError) -> QueryAuthorization {
        try check(request)
        let (seconds, fraction) = lifetime.components
        guard fraction == 0, (1...Self.maximumLifetime.components.seconds).contains(seconds) else {
            throw SigningError(
                .invalidLifetime,
                "Invalid lifetime: expected a whole number of seconds from 1 to 604,800 (seven days).")
        }
        let scope = CredentialScope(time: time, region: region, service: service)
        let names = try CanonicalHeaders(request.headers).names
        var query = request.query
        query.append(.init("X-Amz-Algorithm", "AWS4-HMAC-SHA256"))
        query.append(.init("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)"))
        query.append(.init("X-Amz-Date", time.timestamp))
        query.append(.init("X-Amz-Expires", "\(seconds)"))
        query.append(.init("X-Amz-SignedHeaders", names))
        let token = credentials.sessionToken.map { SignableRequest.Parameter("X-Amz-Security-Token", $0.exposed) }
        if let token, rules.signsSessionToken { query.append(token) }

        let signature = try signature(
            of: request, query: query, headers: request.headers, payload: payload, at: time, signingKey(at: time))
        var encoded = String(decoding: CanonicalQuery.make(query), as: UTF8.self)
        if let token, !rules.signsSessionToken { encoded += "&\(token.name)=\(PercentEncoding.encode(token.value))" }
        return QueryAuthorization(query: encoded + "&X-Amz-Signature=\(signature.hex)", signature: signature)
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
        let key = derived.scope == scope ? derived : signingKey(at: time)
        return Signature(
            hex: key.signature(of: stringToSign), canonicalRequest: canonical, stringToSign: stringToSign, scope: scope)
    }

    private func check(_ request: SignableRequest) throws(SigningError) {
        guard !request.method.isEmpty, request.method.utf8.allSatisfy(CanonicalHeaders.isTokenByte) else {
            throw SigningError(.invalidMethod, "Invalid method: expected an HTTP token, such as GET.")
        }
        try CanonicalHeaders.checkReserved(request.headers)
        try CanonicalQuery.checkReserved(request.query)
    }
}

/// The rules in which services differ.
public struct ServiceRules: Sendable, Hashable {
    /// A Boolean value that indicates whether the path, already percent-encoded, is encoded again before signing.
    public var doubleEncodesPath: Bool
    /// A Boolean value that indicates whether empty, `.` and `..` segments are removed from the path before signing.
    public var normalizesPath: Bool
    /// A Boolean value that indicates whether a header-signed request has a signed `x-amz-content-sha256` header.
    public var sendsPayloadHash: Bool
    /// A Boolean value that indicates whether the session token is signed.
    ///
    /// If not, it's added afterwards.
    public var signsSessionToken: Bool

    /// Creates rules.
    /// - Parameters:
    ///   - doubleEncodesPath: Whether the path is encoded again before signing.
    ///   - normalizesPath: Whether empty, `.` and `..` segments are removed from the path before signing.
    ///   - sendsPayloadHash: Whether a header-signed request has a signed `x-amz-content-sha256` header.
    ///   - signsSessionToken: Whether the session token is signed.
    public init(
        doubleEncodesPath: Bool, normalizesPath: Bool, sendsPayloadHash: Bool, signsSessionToken: Bool = true
    ) {
        self.doubleEncodesPath = doubleEncodesPath
        self.normalizesPath = normalizesPath
        self.sendsPayloadHash = sendsPayloadHash
        self.signsSessionToken = signsSessionToken
    }

    /// The rules of S3 and R2: the path is signed as it's sent, and the payload's hash is a header.
    public static let s3 = ServiceRules(doubleEncodesPath: false, normalizesPath: false, sendsPayloadHash: true)

    /// The rules of every other service.
    public static let standard = ServiceRules(doubleEncodesPath: true, normalizesPath: true, sendsPayloadHash: false)
}
