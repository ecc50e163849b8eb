public import HTTPTypes

/// A request of an operation, before it is signed.
///
/// The endpoint, the bucket and the time are not part of it: they are the ``R2RequestSigner``'s.
public struct R2OperationRequest: Sendable, Hashable {
    /// A query parameter, not encoded.
    public struct Parameter: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value; empty for a parameter that has none.
        public var value: String

        /// Takes a name and a value as they are before any encoding.
        public init(_ name: String, _ value: String = "") {
            self.name = name
            self.value = value
        }
    }

    /// What the request carries.
    public enum Body: Sendable, Hashable {
        /// Nothing.
        case empty
        /// Bytes at hand, such as an XML document; their SHA-256 is signed.
        case bytes([UInt8])
        /// Bytes that the sender brings.
        ///
        /// `length` is how many there are, exactly. `sha256` is their digest in 64 lower-case hexadecimal digits, which
        /// R2 then checks; without one the body is not signed.
        case provided(length: Int64, sha256: String?)

        /// How many bytes there are.
        public var length: Int64 {
            switch self {
            case .empty: 0
            case .bytes(let bytes): Int64(bytes.count)
            case .provided(let length, _): length
            }
        }
    }

    /// The method.
    public var method: HTTPRequest.Method
    /// The object, or `nil` for a request on the bucket.
    public var key: ObjectKey?
    /// The query parameters.
    public var query: [Parameter]
    /// The object that is copied from, if there is one; the signer, who knows the bucket, writes its header.
    public var copySource: CopySource?
    /// The operation's own headers.
    ///
    /// All of them are signed; the signer adds `content-length` and its own.
    public var headerFields: HTTPFields
    /// What it carries.
    public var body: Body

    /// Combines the parts of a request.
    public init(
        method: HTTPRequest.Method, key: ObjectKey? = nil, query: [Parameter] = [], headerFields: HTTPFields = [:],
        body: Body = .empty
    ) {
        self.method = method
        self.key = key
        self.query = query
        self.headerFields = headerFields
        self.body = body
    }
}

extension R2OperationRequest: CustomStringConvertible, CustomReflectable {
    /// Method and key, and the names of parameters and headers; no values, since one may be an encryption key.
    public var description: String {
        let parameters = query.map(\.name).joined(separator: ", ")
        let headers = headerFields.map(\.name.canonicalName).joined(separator: ", ")
        let target = key?.rawValue ?? "bucket"
        return "R2OperationRequest(\(method) \(target), query: [\(parameters)], headers: [\(headers)])"
    }
    /// A mirror with the description alone.
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
