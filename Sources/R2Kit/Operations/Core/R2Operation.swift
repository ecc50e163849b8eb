/// One operation of R2's S3 API as a value: it builds its request and reads its own answer.
///
/// Both are pure. A client sends the request of ``request()``, signed by an ``R2RequestSigner``, and hands the answer to
/// ``output(from:)``.
///
/// ```swift
/// let operation = HeadObject(key)
/// let signed = try R2RequestSigner(config).sign(operation.request())
/// let head = try operation.output(from: response)
/// ```
public protocol R2Operation: Sendable {
    /// What a successful answer says.
    associatedtype Output: Sendable

    /// The operation's name in the S3 API, such as `PutObject`.
    static var name: String { get }
    /// The most bytes of a successful answer's body; a longer one is refused, not cut off.
    ///
    /// It is zero where the body is nothing that the operation reads: see ``streamsResponse``.
    static var maximumResponseLength: Int { get }
    /// Whether an answer of status 200 may carry an error in its body, sent after the work had begun.
    static var mayFailWithSuccessStatus: Bool { get }
    /// Whether the body of a successful answer is an object's content, which the sender keeps for itself.
    static var streamsResponse: Bool { get }

    /// What sending the request again does, if it is not known whether it arrived.
    var repetition: R2Repetition { get }
    /// The object that it is about, if it is about one.
    var subject: ObjectKey? { get }

    /// The request to sign and send.
    /// - Throws: ``R2KitError`` for what R2 would refuse; nothing has been sent then.
    func request() throws(R2KitError) -> R2OperationRequest

    /// Reads an answer.
    /// - Parameter response: Status, headers and, unless ``streamsResponse``, the whole body.
    /// - Returns: What a successful answer says.
    /// - Throws: ``R2Error`` for an answer that reports an error, is not whole, or is none of this operation's.
    func output(from response: R2Response) throws(R2Error) -> Output
}

extension R2Operation {
    /// No body is read.
    public static var maximumResponseLength: Int { 0 }
    /// A status of 200 means success.
    public static var mayFailWithSuccessStatus: Bool { false }
    /// The operation reads the body itself.
    public static var streamsResponse: Bool { false }
    /// Sending it again changes nothing.
    public var repetition: R2Repetition { .idempotent }
    /// It is about the bucket.
    public var subject: ObjectKey? { nil }
}

/// What sending a request again does, if the first one may have arrived.
public enum R2Repetition: String, Sendable, Hashable {
    /// The same effect and the same answer.
    case idempotent
    /// No harm, but if the first one arrived, the second may be answered with an error because of it.
    ///
    /// A conditional write fails on its own object; an upload that has been completed is no longer there.
    case ambiguous
    /// Each one that arrives makes something new.
    case additive
}
