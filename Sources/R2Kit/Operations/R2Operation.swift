internal import HTTPTypes

/// An operation of R2's S3 API that builds its own request and reads its own response.
///
/// Neither step has side effects. A client sends the request of ``request()`` after an ``R2RequestSigner`` has signed
/// it, and passes the response to ``output(from:)``.
///
/// ```swift
/// let operation = HeadObject(key)
/// let signed = try R2RequestSigner(config).sign(operation.request())
/// let metadata = try operation.output(from: response)
/// ```
public protocol R2Operation: Sendable {
    /// The result of a successful response.
    associatedtype Output: Sendable

    /// The operation's name in the S3 API, such as `PutObject`.
    static var name: String { get }
    /// The maximum length of a successful response's body, in bytes.
    ///
    /// ``output(from:)`` throws if the body is longer. The limit is zero, the default, where the operation doesn't read
    /// the body: see ``streamsResponse``.
    static var maximumResponseLength: Int { get }
    /// A Boolean value that indicates whether a response with status 200 can report an error in its body.
    ///
    /// Such a status is sent before the work is done. The default is `false`.
    static var mayFailWithSuccessStatus: Bool { get }
    /// A Boolean value that indicates whether the body of a successful response is an object's content.
    ///
    /// The client then handles the body itself. The default is `false`.
    static var streamsResponse: Bool { get }

    /// The effect of sending the request again when it isn't known whether it arrived.
    ///
    /// The default is ``RetrySafety/idempotent``.
    var retrySafety: RetrySafety { get }
    /// The object that the operation concerns, or `nil`, the default, if it concerns the bucket.
    var subject: ObjectKey? { get }

    /// Returns the request to sign and send.
    /// - Throws: ``R2ValidationError`` if R2 would reject the request. Nothing has been sent then.
    func request() throws(R2ValidationError) -> R2OperationRequest

    /// Reads a response.
    /// - Parameter response: The status, the headers and, unless ``streamsResponse`` is true, the whole body.
    /// - Returns: The result of the operation.
    /// - Throws: ``R2Error`` if the response reports an error, is incomplete, or doesn't fit the operation.
    func output(from response: R2Response) throws(R2Error) -> Output
}

extension R2Operation {
    /// Zero: the operation reads no body.
    public static var maximumResponseLength: Int { 0 }
    /// `false`: a status of 200 means success.
    public static var mayFailWithSuccessStatus: Bool { false }
    /// `false`: the operation reads the body itself.
    public static var streamsResponse: Bool { false }
    /// Sending the request again changes nothing.
    public var retrySafety: RetrySafety { .idempotent }
    /// `nil`: the operation concerns the bucket.
    public var subject: ObjectKey? { nil }
}

/// The effect of sending a request again when the first one may have arrived.
///
/// Whether an error is worth another attempt is a separate question: see ``R2Error/isRetryable``.
public enum RetrySafety: String, Sendable, Hashable {
    /// The second request has the same effect and the same response.
    case idempotent
    /// The second request does no harm, but can fail because the first one succeeded.
    ///
    /// A conditional write fails on the object that it stored itself, and a completed upload no longer exists.
    case ambiguous
    /// Each request that arrives creates something new.
    case additive
}

extension R2Operation {
    /// Throws the error that a response reports, unless its status means success for this operation.
    func checkStatus(of response: R2Response, _ accepted: Set<Int> = [200]) throws(R2Error) {
        guard !accepted.contains(response.status) else { return }
        guard !(200..<300).contains(response.status) else {
            throw invalid(response, "Unexpected status \(response.status) for a successful \(Self.name).")
        }
        throw R2Error(response, of: self)
    }

    /// Reads the document of a successful response.
    /// - Parameters:
    ///   - response: The response, whose status is checked first.
    ///   - roots: The names that the root element can have.
    ///   - read: Reads the content of the root element, up to its end.
    /// - Returns: The result of `read`.
    /// - Throws: ``R2Error`` if the status isn't 200, the body reports an error, or the document isn't complete.
    func parse<Value>(
        _ response: R2Response, root roots: Set<String>, _ read: (inout XMLScanner) throws(XMLError) -> Value
    ) throws(R2Error) -> Value {
        try checkStatus(of: response)
        guard response.body.count <= Self.maximumResponseLength else {
            throw invalid(response, "Response too long: expected at most \(Self.maximumResponseLength) bytes.")
        }
        let value: Value?
        do {
            value = try document(response.body, roots, read)
        } catch {
            throw invalid(
                response,
                "Invalid response document: \(error.message) (byte \(error.offset) of \(response.body.count)).",
                error.isEarlyEnd ? .incompleteResponse : .invalidResponse)
        }
        guard let value else { throw R2Error(response, of: self) }
        return value
    }

    /// Returns the value of a document, or `nil` if the document is an error.
    private func document<Value>(
        _ body: [UInt8], _ roots: Set<String>, _ read: (inout XMLScanner) throws(XMLError) -> Value
    ) throws(XMLError) -> Value? {
        var scanner = XMLScanner(body)
        let root = try scanner.root()
        if root == "Error", !roots.contains(root) {
            _ = try ErrorDocument(&scanner)
            try scanner.finish()
            return nil
        }
        guard roots.contains(root) else {
            throw scanner.problem("the root element isn't \(roots.sorted().joined(separator: " or "))")
        }
        let value = try read(&scanner)
        try scanner.finish()
        return value
    }

    /// Returns the error for a response that doesn't fit this operation.
    func invalid(_ response: R2Response, _ message: String, _ code: R2Error.Code = .invalidResponse) -> R2Error {
        R2Error(code, message, response: response, operation: self)
    }

    /// Returns the ETag in a response's `ETag` header, which may be weak.
    func etag(in response: R2Response) throws(R2Error) -> ETag {
        guard let text = response.headerFields[.eTag], let tag = try? ETag(parsing: text) else {
            throw invalid(response, "Missing or invalid ETag in the response.")
        }
        return tag
    }

    /// Returns an ETag that identifies the bytes that were stored, which a weak one doesn't.
    func strongETag(_ etag: ETag?, in response: R2Response) throws(R2Error) -> ETag {
        guard let etag, !etag.isWeak else { throw invalid(response, "Missing or weak ETag in the response.") }
        return etag
    }
}
