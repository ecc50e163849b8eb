public import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension R2Presigner {
    /// Any request on an object, for what the other methods do not cover.
    /// - Parameters:
    ///   - method: GET, HEAD, PUT or DELETE, the methods that R2 takes in a presigned URL.
    ///   - key: The object.
    ///   - parameters: Query parameters, not encoded. None may begin with `X-Amz-`: those are the signer's, and what
    ///     AWS lets travel there as parameters (checksums, metadata) is not enforced; send it as a header.
    ///   - headers: Headers to sign. The client must send every one of them.
    ///   - lifetime: How long the URL lives; the configuration's if `nil`, for uploads with PUT and DELETE.
    ///   - instant: When it is signed.
    /// - Returns: The request.
    /// - Throws: ``R2KitError`` for a method, parameter or header that cannot be signed, or a URL that would outlive
    ///   its credentials.
    public func presign(
        _ method: HTTPRequest.Method, _ key: ObjectKey, parameters: [(name: String, value: String)] = [],
        headers: HTTPFields = [:], expiresIn lifetime: URLLifetime? = nil, at instant: Date = Date()
    ) throws(R2KitError) -> PresignedRequest {
        guard [.get, .head, .put, .delete].contains(method) else {
            throw R2KitError(
                .unsupportedMethod,
                "R2 takes GET, HEAD, PUT and DELETE in presigned URLs, not \(method); "
                    + "in place of a POST form use upload(_:_:)")
        }
        for (name, _) in parameters where name.isEmpty || name.lowercased().utf8.starts(with: "x-amz-".utf8) {
            throw R2KitError(
                .reservedName, "a query parameter has a name, which does not begin with 'X-Amz-': send a header instead"
            )
        }
        for (name, value) in parameters {
            guard !(name + value).utf8.contains(where: ASCII.isControl) else {
                throw R2KitError(.invalidHeaderValue, "a query parameter must not hold control characters: remove them")
            }
            if name.lowercased().utf8.starts(with: "response-".utf8) {
                try HeaderText.check(value, for: "a response header")
            }
        }
        try Self.check(headers)
        let isWrite = method == .put || method == .delete
        let session = try session(
            lifetime ?? (isWrite ? config.uploadURLLifetime : config.playbackURLLifetime), at: instant)
        return try sign(method, key, parameters, headers, session)
    }

    /// What the signer sets itself, what R2 does not take, and what clients or proxies set or change on the way.
    private static let refusedHeaders: Set<String> = [
        "host", "authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "accept-encoding",
        "connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
        "user-agent",
    ]

    private static func check(_ headers: HTTPFields) throws(R2KitError) {
        var seen: Set<String> = []
        for field in headers {
            let name = field.name.canonicalName
            guard !refusedHeaders.contains(name) else {
                throw R2KitError(
                    .reservedName,
                    "the header \(name) is set by the signer or the client, or R2 refuses it: leave it out")
            }
            guard seen.insert(name).inserted else {
                throw R2KitError(.reservedName, "the header \(name) is there twice: join its values with a comma")
            }
            try HeaderText.check(field.value, for: name)
            if field.name == .contentLength {
                guard let length = ASCII.wholeNumber(field.value), String(length) == field.value else {
                    throw R2KitError(
                        .invalidContentLength, "content-length is a number of bytes, in digits, without zeros in front")
                }
                _ = try HeaderText.check(contentLength: Int64(length))
            }
        }
    }

    private func sign(
        _ method: HTTPRequest.Method, _ key: ObjectKey, _ parameters: [(name: String, value: String)],
        _ headers: HTTPFields, _ session: Session
    ) throws(R2KitError) -> PresignedRequest {
        let target = PresignTarget(config)
        var request = SignableRequest(
            method: method.rawValue, path: target.path(of: key.rawValue),
            query: parameters.map { SignableRequest.Parameter($0.name, $0.value) },
            headers: headers.map { SignableRequest.Header($0.name.canonicalName, $0.value) })
        request.headers.append(SignableRequest.Header("host", target.authority))
        let signer = Signer(
            credentials: config.credentials.signing, region: config.region, service: "s3", rules: .s3)
        do {
            let signed = try signer.presign(request, lifetime: session.lifetime, at: session.moment.time)
            let url = "\(config.endpoint.scheme)://\(target.authority)\(request.path)?\(signed.query)"
            return PresignedRequest(method: method, url: url, headers: headers, expiresAt: session.expiresAt)
        } catch {
            // Every input has been checked above; what the signer still finds is a header.
            throw R2KitError(.invalidHeaderValue, error.message)
        }
    }
}
