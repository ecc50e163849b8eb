public import HTTPTypes
internal import SigV4
internal import Synchronization

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A signer that completes an operation's request with the endpoint, bucket, time, and signature.
///
/// Every request has an `x-amz-content-sha256` header. Every request that can have a body has a `content-length`
/// header, even if it is zero. The signature covers all headers except `accept-encoding`, which proxies may
/// change. The signer adds no `expect` header, no chunked body, and no checksum of its own. It doesn't use the network.
public struct R2RequestSigner: Sendable {
    /// The configuration that the signer signs for.
    public let config: R2Config
    private let target: PresignTarget
    private let signer: Signer
    private let keys: SigningKeyCache

    /// Creates a signer for a bucket.
    /// - Parameter config: The endpoint, bucket, credentials, and region.
    public init(_ config: R2Config) {
        self.config = config
        target = PresignTarget(config)
        signer = Signer(credentials: config.credentials.signing, region: config.region, service: "s3", rules: .s3)
        keys = SigningKeyCache(signer)
    }

    /// Signs a request.
    /// - Parameters:
    ///   - request: An operation's request.
    ///   - date: The signing time. R2 accepts the request for about 15 minutes before and after it.
    /// - Returns: The signed request, which must be sent without changes.
    /// - Throws: ``R2ValidationError`` if R2 would perform another operation than the request names, with the code
    ///   `misroutedRequest`. Also if a header can't be signed, the body is too long, the date isn't in the years
    ///   1970 to 9999, or the credentials have expired.
    public func sign(_ request: R2OperationRequest, at date: Date = Date()) throws(R2ValidationError) -> R2SignedRequest
    {
        let payload = try Self.payload(of: request.body)
        let path = path(of: request.key)
        let query = Self.query(request.query)
        var headers = request.headerFields
        try HeaderRules.check(headers, reserving: ["content-length", "x-amz-copy-source"])
        try RoutingRules.check(request)
        request.copySource?.apply(to: &headers, target: config.bucket)
        if request.method == .put || request.method == .post {
            let length = try HeaderRules.check(contentLength: request.body.length) ?? 0
            headers[.contentLength] = String(length)
        } else if request.body != .empty {
            throw R2ValidationError(
                .unsupportedMethod, "Unsupported method \(request.method): a request with a body must be PUT or POST.")
        }

        var signable = SignableRequest(
            method: request.method.rawValue, path: path,
            query: request.query.map { SignableRequest.Parameter($0.name, $0.value) },
            headers: headers.map { SignableRequest.Header($0.name.canonicalName, $0.value) })
        signable.headers.append(SignableRequest.Header("host", target.authority))
        for header in try signerHeaders(signable, payload, at: date) {
            if let name = HTTPField.Name(header.name) { headers.append(Self.field(name, header.value)) }
        }
        // Other responses are documents, which the client reads and doesn't decompress.
        headers[.acceptEncoding] =
            request.acceptsContentCodings && request.readsObject ? "gzip, br, zstd, deflate" : "identity"
        return R2SignedRequest(
            request: HTTPRequest(
                method: request.method, scheme: config.endpoint.scheme, authority: target.authority,
                path: query.isEmpty ? path : "\(path)?\(query)", headerFields: headers),
            body: request.body)
    }

    private func signerHeaders(
        _ request: SignableRequest, _ payload: Payload, at date: Date
    ) throws(R2ValidationError) -> [SignableRequest.Header] {
        if let end = config.credentials.expiresAt, date >= end {
            throw R2ValidationError(
                .expiredCredentials,
                "The credentials expired at \(end.formatted(.iso8601)): request new temporary credentials.")
        }
        let seconds = try SigningDate.seconds(of: date)
        do {
            let time = try SigningTime(secondsSinceEpoch: seconds)
            return try signer.sign(request, payload: payload, at: time, with: keys.key(at: time)).headers
        } catch {
            // The path, method, time, and header values have been checked, but not every header name.
            throw R2ValidationError(.invalidHeaderValue, error.message)
        }
    }
}

extension R2RequestSigner {
    /// Returns `/bucket/key` after the endpoint's own path, or `/key` if the host name contains the bucket.
    private func path(of key: ObjectKey?) -> String {
        if let key { return target.path(of: key.rawValue) }
        return config.addressingStyle == .path ? "\(config.endpoint.basePath)/\(config.bucket)" : "/"
    }

    /// Returns the query in its signed form: encoded, and sorted by name and value.
    private static func query(_ parameters: [QueryParameter]) -> String {
        let encoded = parameters.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
        // Encoded strings are ASCII, so comparing strings compares bytes.
        return encoded.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    private static func payload(of body: R2OperationRequest.Body) throws(R2ValidationError) -> Payload {
        switch body {
        case .empty: return .empty
        case .bytes(let bytes): return .bytes(bytes)
        case .provided(_, nil): return .unsigned
        case .provided(_, let sha256?):
            do { return try Payload.sha256(hex: sha256) } catch {
                throw R2ValidationError(.invalidChecksum, error.message)
            }
        }
    }

    /// Returns a field.
    ///
    /// A secret one is kept out of the compression tables of HTTP/2 and HTTP/3.
    private static func field(_ name: HTTPField.Name, _ value: String) -> HTTPField {
        var field = HTTPField(name: name, value: value)
        if name == .authorization || name.canonicalName == "x-amz-security-token" { field.indexingStrategy = .disallow }
        return field
    }
}

extension R2RequestSigner: CustomStringConvertible, CustomReflectable {
    /// The configuration, without its secrets.
    public var description: String { "R2RequestSigner(\(config))" }
    /// A mirror that contains the configuration only.
    public var customMirror: Mirror { Mirror(self, children: ["config": config]) }
}

/// A signed request, which must be sent without changes.
///
/// Its description shows neither the signature nor a session token. The description of ``request`` can show both.
public struct R2SignedRequest: Sendable {
    /// The method, scheme, authority, path with query, and all headers except `host`, which is the authority.
    public let request: HTTPRequest
    /// The body to send.
    public let body: R2OperationRequest.Body

    /// The complete URL.
    ///
    /// Send it byte for byte: parsing and reassembling it can change what was signed.
    public var url: String { "\(request.scheme ?? "")://\(request.authority ?? "")\(request.path ?? "")" }
}

extension R2SignedRequest: CustomStringConvertible, CustomReflectable {
    /// The method and the URL, neither of which is secret in a request with signed headers.
    public var description: String { "R2SignedRequest(\(request.method) \(url))" }
    /// A mirror that contains the description only.
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

/// A cache for the signing key of the latest day, which takes four HMACs to derive.
private final class SigningKeyCache: Sendable {
    private let signer: Signer
    private let latest = Mutex<SigningKey?>(nil)

    init(_ signer: Signer) { self.signer = signer }

    /// Returns the key for the day of a time.
    func key(at time: SigningTime) -> SigningKey {
        if let key = latest.withLock({ $0 }), key.scope.date == time.date { return key }
        // Derived outside the lock: two threads may both derive it, and either result is valid.
        let key = signer.signingKey(at: time)
        latest.withLock { $0 = key }
        return key
    }
}
