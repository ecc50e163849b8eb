internal import HTTPTypes

/// Reads an object, or a range or a part of it.
///
/// The content is the sender's to keep: ``output(from:)`` reads the headers. To go on with an interrupted download, ask for
/// the rest with `ifMatch` and the first answer's ``ObjectHead/etag``, so that no two versions are joined.
public struct GetObject: R2Operation {
    /// What is told of the object.
    public typealias Output = ObjectHead

    /// `GetObject`.
    public static let name = "GetObject"
    /// The body is the object's content.
    public static let streamsResponse = true

    /// The object.
    public var key: ObjectKey
    /// The bytes to read; all if `nil`.
    public var range: ByteRange?
    /// The part to read, from 1 to 10,000, in place of a range.
    public var partNumber: Int?
    /// What must hold of it.
    public var conditions: ObjectConditions
    /// The key that the object is encrypted with, if it was brought along.
    public var customerKey: CustomerKey?

    /// Describes the operation.
    public init(
        _ key: ObjectKey, range: ByteRange? = nil, partNumber: Int? = nil, conditions: ObjectConditions = .none,
        customerKey: CustomerKey? = nil
    ) {
        self.key = key
        self.range = range
        self.partNumber = partNumber
        self.conditions = conditions
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        guard range == nil || partNumber == nil else {
            throw R2KitError(.invalidRange, "a range and a part exclude each other: ask for one of them")
        }
        var request = R2OperationRequest(method: .get, key: key)
        request.headerFields[.range] = range?.headerValue
        try conditions.apply(to: &request.headerFields)
        if let partNumber { request.query.append(try .partNumber(partNumber)) }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer's headers; the body is looked at if it reports an error.
    ///
    /// An answer with another range than the one that was asked for, or with the whole object in its place, is refused.
    public func output(from response: R2Response) throws(R2Error) -> ObjectHead {
        try checkStatus(of: response, range != nil ? [206] : partNumber != nil ? [200, 206] : [200])
        let head = try ObjectHead(response, of: self)
        if let range, let answered = head.contentRange, !range.fits(answered) {
            throw invalid(response, "the answer has another range than \(range)")
        }
        return head
    }
}
