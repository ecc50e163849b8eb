/// A signature and the intermediate results of its computation.
///
/// Compare the intermediate results with a service's if it rejects the signature. The description shows none of them.
public struct Signature: Sendable, Hashable {
    /// The signature, as 64 hexadecimal digits.
    public let hex: String
    /// The result of step 1.
    public let canonicalRequest: CanonicalRequest
    /// The result of step 2.
    public let stringToSign: StringToSign
    /// The day, region and service.
    public let scope: CredentialScope
}

extension Signature: CustomStringConvertible, CustomReflectable {
    /// The scope and the signed headers, without the signature.
    public var description: String { "Signature(\(scope), signedHeaders: \(canonicalRequest.signedHeaders))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// The headers that authorize a request.
public struct HeaderAuthorization: Sendable, Hashable {
    /// The headers to add to the request: `x-amz-date`, `authorization`, and depending on the service's rules and the
    /// credentials `x-amz-content-sha256` and `x-amz-security-token`.
    public let headers: [SignableRequest.Header]
    /// The signature and its intermediate results.
    public let signature: Signature
}

/// The query that authorizes a request.
public struct QueryAuthorization: Sendable, Hashable {
    /// The whole query of the URL, including the request's own parameters, percent-encoded, without `?`.
    public let query: String
    /// The signature and its intermediate results.
    public let signature: Signature
}

extension HeaderAuthorization: CustomStringConvertible, CustomReflectable {
    /// The names of the headers, without their values.
    public var description: String { "HeaderAuthorization(\(headers.map(\.name).joined(separator: ", ")))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension QueryAuthorization: CustomStringConvertible, CustomReflectable {
    /// The scope alone.
    public var description: String { "QueryAuthorization(\(signature.scope))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
