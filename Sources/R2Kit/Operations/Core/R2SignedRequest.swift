public import HTTPTypes

/// A signed request, to be sent exactly as it is.
///
/// Its description shows neither the signature nor a session token; those of ``request`` would.
public struct R2SignedRequest: Sendable {
    /// Method, scheme, authority, path with query, and all headers but `host`, which is the authority.
    public let request: HTTPRequest
    /// What to send as the body.
    public let body: R2OperationRequest.Body

    /// The whole URL, byte for byte: do not take it apart and put it together again.
    public var url: String { "\(request.scheme ?? "")://\(request.authority ?? "")\(request.path ?? "")" }
}

extension R2SignedRequest: CustomStringConvertible, CustomReflectable {
    /// The method and the URL, neither of which is secret in a request that is signed in its headers.
    public var description: String { "R2SignedRequest(\(request.method) \(url))" }
    /// A mirror with the description alone.
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
