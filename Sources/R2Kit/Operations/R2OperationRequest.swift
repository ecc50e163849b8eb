public import HTTPTypes

/// The unsigned request of an operation.
///
/// It contains no endpoint, bucket, or time. ``R2RequestSigner`` adds them.
public struct R2OperationRequest: Sendable, Hashable {
    /// The body of a request.
    public enum Body: Sendable, Hashable {
        /// No body.
        case empty
        /// A body in memory, such as an XML document. Its SHA-256 is signed.
        case bytes([UInt8])
        /// A body that the client provides.
        ///
        /// `length` is its exact length in bytes. `sha256` is its SHA-256 as 64 lowercase hexadecimal digits, which R2
        /// then verifies. If it is `nil`, the signature doesn't cover the body.
        case provided(length: Int64, sha256: String?)

        /// The length of the body, in bytes.
        public var length: Int64 {
            switch self {
            case .empty: 0
            case .bytes(let bytes): Int64(bytes.count)
            case .provided(let length, _): length
            }
        }
    }

    /// The HTTP method.
    public var method: HTTPRequest.Method
    /// The object, or `nil` for a request to the bucket.
    public var key: ObjectKey?
    /// The query parameters.
    public var query: [QueryParameter]
    /// The source of a copy, if the request is one.
    ///
    /// The signer sets its header, because the header contains the bucket.
    public var copySource: CopySource?
    /// The operation's own headers.
    ///
    /// The signer signs all of them, and adds `content-length` and its own headers.
    public var headerFields: HTTPFields
    /// The body.
    public var body: Body
    /// A Boolean value that indicates whether the response may have the content coding that the object is stored with.
    ///
    /// `false` by default: the signer asks for the `identity` coding. Cloudflare then decompresses an object that is
    /// stored with a coding, and leaves out its length. If it is `true`, Cloudflare sends such an object as it is
    /// stored, but may compress text that is stored without a coding, and leave out the length of that. So a request
    /// whose response lacks the length can be sent again with the other value, as `R2Client` does.
    public var acceptsContentCodings = false

    /// Creates a request.
    /// - Parameters:
    ///   - method: The HTTP method.
    ///   - key: The object, or `nil` for a request to the bucket.
    ///   - query: The query parameters.
    ///   - headerFields: The operation's own headers.
    ///   - body: The body.
    public init(
        method: HTTPRequest.Method, key: ObjectKey? = nil, query: [QueryParameter] = [], headerFields: HTTPFields = [:],
        body: Body = .empty
    ) {
        self.method = method
        self.key = key
        self.query = query
        self.headerFields = headerFields
        self.body = body
    }
}

extension R2OperationRequest {
    /// Creates a request that acts on a multipart upload.
    init(method: HTTPRequest.Method, key: ObjectKey, uploadID: UploadID, body: Body = .empty) {
        self.init(
            method: method, key: key, query: [QueryParameter(name: "uploadId", value: uploadID.rawValue)], body: body)
    }

    /// Creates a request whose body is an XML document.
    init(method: HTTPRequest.Method, key: ObjectKey? = nil, query: [QueryParameter], xml: [UInt8]) {
        self.init(method: method, key: key, query: query, body: .bytes(xml))
        headerFields[.contentType] = "application/xml"
    }

    /// A Boolean value that indicates whether the response is an object, or its headers.
    package var readsObject: Bool {
        key != nil && (method == .get || method == .head)
            && query.allSatisfy { $0.name == "partNumber" || $0.name.hasPrefix("response-") }
    }
}

extension R2OperationRequest: CustomStringConvertible, CustomReflectable {
    /// The method, the key, and the names of parameters and headers.
    ///
    /// It contains no values, since one may be an encryption key.
    public var description: String {
        let parameters = query.map(\.name).joined(separator: ", ")
        let headers = headerFields.map(\.name.canonicalName).joined(separator: ", ")
        let target = key?.rawValue ?? "bucket"
        return "R2OperationRequest(\(method) \(target), query: [\(parameters)], headers: [\(headers)])"
    }
    /// A mirror that contains the description only.
    public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
