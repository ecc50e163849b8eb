internal import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Makes requests of operations ready to be sent: with endpoint, bucket, time and signature.
///
/// Every request carries `x-amz-content-sha256`; every request that can have a body, its `content-length`, zero included.
/// All headers are signed but `accept-encoding: identity`, which proxies may change. None carries `expect`, a
/// chunked body, or a checksum that nobody asked for. Signing needs no network.
public struct R2RequestSigner: Sendable {
    /// What it signs for.
    public let config: R2Config
    private let target: PresignTarget
    private let signer: Signer
    private let keys: SigningKeyCache

    /// Makes a signer for a bucket.
    public init(_ config: R2Config) {
        self.config = config
        target = PresignTarget(config)
        signer = Signer(credentials: config.credentials.signing, region: config.region, service: "s3", rules: .s3)
        keys = SigningKeyCache(signer)
    }

    /// Signs a request.
    /// - Parameters:
    ///   - request: An operation's request.
    ///   - instant: When it is signed; R2 takes it for about a quarter of an hour.
    /// - Returns: The request, to be sent exactly as it is.
    /// - Throws: ``R2KitError`` for a header that cannot be signed, a body that is too long, or credentials that have
    ///   ended.
    public func sign(_ request: R2OperationRequest, at instant: Date = Date()) throws(R2KitError) -> R2SignedRequest {
        let payload = try Self.payload(of: request.body)
        let path = path(of: request.key)
        let query = Self.query(request.query)
        var headers = request.headerFields
        try Self.check(headers)
        request.copySource?.apply(to: &headers, target: config.bucket)
        if request.method == .put || request.method == .post {
            let length = try HeaderText.check(contentLength: request.body.length) ?? 0
            headers[.contentLength] = String(length)
        } else if request.body != .empty {
            throw R2KitError(.unsupportedMethod, "a request with a body is a PUT or a POST, not \(request.method)")
        }

        var signable = SignableRequest(
            method: request.method.rawValue, path: path,
            query: request.query.map { SignableRequest.Parameter($0.name, $0.value) },
            headers: headers.map { SignableRequest.Header($0.name.canonicalName, $0.value) })
        signable.headers.append(SignableRequest.Header("host", target.authority))
        for header in try signerHeaders(signable, payload, at: instant) {
            if let name = HTTPField.Name(header.name) { headers.append(Self.field(name, header.value)) }
        }
        headers[.acceptEncoding] = "identity"
        return R2SignedRequest(
            request: HTTPRequest(
                method: request.method, scheme: config.endpoint.scheme, authority: target.authority,
                path: query.isEmpty ? path : "\(path)?\(query)", headerFields: headers),
            body: request.body)
    }

    private func signerHeaders(
        _ request: SignableRequest, _ payload: Payload, at instant: Date
    ) throws(R2KitError) -> [SignableRequest.Header] {
        if let end = config.credentials.expiresAt, instant >= end {
            throw R2KitError(
                .expiredCredentials,
                "the credentials ended at \(end.formatted(.iso8601)): take fresh temporary credentials")
        }
        let seconds = instant.timeIntervalSince1970.rounded(.down)
        guard seconds >= 0, seconds <= 253_402_300_799 else {
            throw R2KitError(.invalidTime, "the instant of signing must lie in the years 1970 to 9999")
        }
        do {
            let time = try SigningTime(secondsSinceEpoch: Int64(seconds))
            return try signer.sign(request, payload: payload, at: time, with: keys.key(at: time)).headers
        } catch {
            // Path, method, time and headers have been checked; what is left is a header of somebody's own making.
            throw R2KitError(.invalidHeaderValue, error.message)
        }
    }
}

extension R2RequestSigner {
    /// `/bucket/key`, or `/key` if the bucket stands in the host.
    private func path(of key: ObjectKey?) -> String {
        if let key { return target.path(of: key.rawValue) }
        return config.addressingStyle == .path ? "/\(config.bucket)" : "/"
    }

    /// The query as it is signed: encoded, and sorted by name and value.
    private static func query(_ parameters: [R2OperationRequest.Parameter]) -> String {
        let encoded = parameters.map { (PercentEncoding.encode($0.name), PercentEncoding.encode($0.value)) }
        // Encoded texts are ASCII, so that comparing strings compares bytes.
        return encoded.sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
    }

    private static func payload(of body: R2OperationRequest.Body) throws(R2KitError) -> Payload {
        switch body {
        case .empty: return .empty
        case .bytes(let bytes): return .bytes(bytes)
        case .provided(_, nil): return .unsigned
        case .provided(_, let sha256?):
            do { return try Payload.sha256(hex: sha256) } catch {
                throw R2KitError(.invalidChecksum, error.message)
            }
        }
    }

    /// Headers that are the signer's, or that R2 does not take.
    private static let refused: Set<String> = [
        "host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "accept-encoding",
        "content-length", "connection", "x-amz-copy-source", "expect", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent",
    ]

    private static func check(_ headers: HTTPFields) throws(R2KitError) {
        for field in headers {
            let name = field.name.canonicalName
            guard !refused.contains(name) else {
                throw R2KitError(
                    .reservedName, "the header \(name) is set by the signer, or R2 refuses it: leave it out")
            }
            guard headers[fields: field.name].count == 1 else {
                throw R2KitError(.reservedName, "the header \(name) is there twice: join its values with a comma")
            }
            try HeaderText.check(field.value, for: name)
        }
    }

    /// A field; one that is secret is kept out of the tables of HTTP/2's and HTTP/3's compression.
    private static func field(_ name: HTTPField.Name, _ value: String) -> HTTPField {
        var field = HTTPField(name: name, value: value)
        if name == .authorization || name.canonicalName == "x-amz-security-token" { field.indexingStrategy = .disallow }
        return field
    }
}

extension R2RequestSigner: CustomStringConvertible, CustomReflectable {
    /// The configuration, without its secrets.
    public var description: String { "R2RequestSigner(\(config))" }
    /// A mirror with the configuration alone.
    public var customMirror: Mirror { Mirror(self, children: ["config": config]) }
}
