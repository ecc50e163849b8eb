public import HTTPTypes
internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension R2Presigner {
    /// Presigns any request for an object, for what the other methods don't cover.
    /// - Parameters:
    ///   - method: GET, HEAD, PUT or DELETE, the methods that R2 supports in presigned URLs.
    ///   - key: The object's key.
    ///   - parameters: Query parameters, not percent-encoded. Names that start with `X-Amz-` are reserved for the
    ///     signer. R2 doesn't enforce what AWS accepts as such parameters (checksums, metadata): use headers instead.
    ///   - headers: Headers to sign. The client must send all of them.
    ///   - lifetime: How long the URL is valid. `nil` uses the configuration's default, for PUT and DELETE the one for
    ///     uploads.
    ///   - date: The date of signing.
    /// - Returns: The request.
    /// - Throws: ``R2ValidationError`` if the method, a parameter or a header can't be signed, the lifetime is outside
    ///   ``lifetimeRange``, or the URL would outlive its credentials. With the code `misroutedRequest` if R2 would
    ///   perform another operation than the method and the parameters name, such as a deletion of the object for
    ///   DELETE with `tagging`.
    public func presign(
        _ method: HTTPRequest.Method, key: ObjectKey, parameters: [QueryParameter] = [],
        headers: HTTPFields = [:], expiresIn lifetime: Duration? = nil, at date: Date = Date()
    ) throws(R2ValidationError) -> PresignedRequest {
        guard [.get, .head, .put, .delete].contains(method) else {
            throw R2ValidationError(
                .unsupportedMethod,
                "Unsupported method \(method): R2 supports GET, HEAD, PUT and DELETE in presigned URLs. "
                    + "Use presignUpload(to:constraints:) instead of a POST form.")
        }
        for parameter in parameters { try Self.check(parameter) }
        try HeaderRules.check(headers)
        if let value = headers[.contentLength] {
            guard let length = ASCII.wholeNumber(value), String(length) == value else {
                throw R2ValidationError(
                    .invalidContentLength,
                    "Invalid content-length: expected a number of bytes in digits, without leading zeros.")
            }
            _ = try HeaderRules.check(contentLength: Int64(length))
        }
        try RoutingRules.check(method, parameters: parameters, headers: headers)
        let isWrite = method == .put || method == .delete
        let session = try session(
            lifetime, default: isWrite ? config.uploadSeconds : config.playbackSeconds, at: date)
        return try sign(method, key, parameters, headers, session)
    }

    private static func check(_ parameter: QueryParameter) throws(R2ValidationError) {
        let name = parameter.name.lowercased()
        guard !name.isEmpty, !name.utf8.starts(with: "x-amz-".utf8) else {
            throw R2ValidationError(
                .reservedName,
                "Invalid query parameter: its name can't be empty or start with 'X-Amz-'. Sign a header instead.")
        }
        guard !(parameter.name + parameter.value).utf8.contains(where: ASCII.isControl) else {
            throw R2ValidationError(.invalidHeaderValue, "Invalid query parameter: remove the control characters.")
        }
        if name.utf8.starts(with: "response-".utf8) { try HeaderRules.check(parameter.value, for: "a response header") }
    }

    private func sign(
        _ method: HTTPRequest.Method, _ key: ObjectKey, _ parameters: [QueryParameter],
        _ headers: HTTPFields, _ session: Session
    ) throws(R2ValidationError) -> PresignedRequest {
        let target = PresignTarget(config)
        var request = SignableRequest(
            method: method.rawValue, path: target.path(of: key.rawValue),
            query: parameters.map { SignableRequest.Parameter($0.name, $0.value) },
            headers: headers.map { SignableRequest.Header($0.name.canonicalName, $0.value) })
        request.headers.append(SignableRequest.Header("host", target.authority))
        let signer = Signer(
            credentials: config.credentials.signing, region: config.region, service: "s3", rules: .s3)
        do {
            let signed = try signer.presign(
                request, expiresIn: .seconds(session.lifetime), at: session.moment.time)
            let url = "\(config.endpoint.scheme)://\(target.authority)\(request.path)?\(signed.query)"
            return PresignedRequest(method: method, url: url, headers: headers, expiresAt: session.expiresAt)
        } catch {
            // Everything else has been checked above, so this is a header.
            throw R2ValidationError(.invalidHeaderValue, error.message)
        }
    }
}
