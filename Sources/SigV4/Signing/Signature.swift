/// A signature, and the steps on the way to it.
///
/// The steps are there for whoever must find out why a service disagrees. Its description shows none of it.
public struct Signature: Sendable, Hashable {
    /// The signature: 64 hexadecimal digits.
    public let hex: String
    /// Step 1.
    public let canonicalRequest: CanonicalRequest
    /// Step 2.
    public let stringToSign: StringToSign
    /// Day, region and service.
    public let scope: CredentialScope
}

extension Signature: CustomStringConvertible, CustomReflectable {
    /// The scope and the signed headers only.
    public var description: String { "Signature(\(scope), signedHeaders: \(canonicalRequest.signedHeaders))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// What a header-signed request must carry besides its own headers.
public struct SignedHeaders: Sendable, Hashable {
    /// `x-amz-date`, `authorization`, and as the case may be `x-amz-content-sha256` and `x-amz-security-token`.
    public let headers: [SignableRequest.Header]
    /// The signature and its steps.
    public let signature: Signature
}

/// What a query-signed request must carry in its URL.
public struct SignedQuery: Sendable, Hashable {
    /// The whole query, the request's own parameters included, encoded, without `?`.
    public let query: String
    /// The signature and its steps.
    public let signature: Signature
}

extension SignedHeaders: CustomStringConvertible, CustomReflectable {
    /// The names of the headers, without their values.
    public var description: String { "SignedHeaders(\(headers.map(\.name).joined(separator: ", ")))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension SignedQuery: CustomStringConvertible, CustomReflectable {
    /// The scope only.
    public var description: String { "SignedQuery(\(signature.scope))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
