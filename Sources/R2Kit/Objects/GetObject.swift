internal import HTTPTypes

/// An operation that reads an object, or a range or part of it.
///
/// ``output(from:)`` reads the headers only: the client handles the body. To resume an interrupted download, request
/// the remaining range with the precondition ``ObjectPrecondition/ifMatch(_:)`` and the first response's
/// ``ObjectMetadata/etag``, so that two versions of the object are never joined.
public struct GetObject: R2Operation {
    /// The object's metadata.
    public typealias Output = ObjectMetadata

    /// `GetObject`.
    public static let name = "GetObject"
    /// `true`: the body is the object's content.
    public static let streamsResponse = true

    /// The object's key.
    public var key: ObjectKey
    /// The range to read, or `nil` for the whole object.
    public var range: ByteRange?
    /// The part to read instead of a range, from 1 to 10,000.
    public var partNumber: Int?
    /// The conditions that the object must meet.
    public var conditions: ObjectConditions
    /// The SSE-C key that the object is encrypted with, if any.
    public var customerKey: SSECustomerKey?
    /// A Boolean value that indicates whether the response may have the content coding that the object is stored with.
    ///
    /// See ``R2OperationRequest/acceptsContentCodings``. `R2Client` sets it by itself if a response lacks the length.
    public var acceptsContentCodings = false

    /// Creates the operation.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - range: The range to read, or `nil` for the whole object.
    ///   - partNumber: The part to read instead of a range, from 1 to 10,000.
    ///   - conditions: The conditions that the object must meet.
    ///   - customerKey: The SSE-C key that the object is encrypted with, if any.
    public init(
        _ key: ObjectKey, range: ByteRange? = nil, partNumber: Int? = nil, conditions: ObjectConditions = .none,
        customerKey: SSECustomerKey? = nil
    ) {
        self.key = key
        self.range = range
        self.partNumber = partNumber
        self.conditions = conditions
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        guard range == nil || partNumber == nil else {
            throw R2ValidationError(.invalidRange, "Conflicting options: set either range or partNumber, not both.")
        }
        var request = R2OperationRequest(method: .get, key: key)
        request.acceptsContentCodings = acceptsContentCodings
        request.headerFields[.range] = range?.headerValue
        try conditions.apply(to: &request.headerFields)
        if let partNumber { request.query.append(try .partNumber(partNumber)) }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    ///
    /// It reads the body only if the response reports an error. It also throws if the response contains another range
    /// than the requested one, or the whole object instead of a range.
    public func output(from response: R2Response) throws(R2Error) -> ObjectMetadata {
        try checkStatus(of: response, range != nil ? [206] : partNumber != nil ? [200, 206] : [200])
        let metadata = try ObjectMetadata(response, of: self)
        if let range, let received = metadata.contentRange, !range.matches(received) {
            throw invalid(response, "The response has another range than the requested \(range).")
        }
        return metadata
    }
}

/// An operation that reads an object's metadata without its content.
///
/// The response has no body, so an error is known by its status only: 404 can also mean that the bucket doesn't exist.
public struct HeadObject: R2Operation {
    /// The object's metadata.
    public typealias Output = ObjectMetadata

    /// `HeadObject`.
    public static let name = "HeadObject"

    /// The object's key.
    public var key: ObjectKey
    /// The conditions that the object must meet.
    public var conditions: ObjectConditions
    /// The part to read the metadata of, from 1 to 10,000, or `nil` for the whole object.
    public var partNumber: Int?
    /// The SSE-C key that the object is encrypted with, if any.
    public var customerKey: SSECustomerKey?
    /// A Boolean value that indicates whether the response may have the content coding that the object is stored with.
    ///
    /// See ``R2OperationRequest/acceptsContentCodings``. `R2Client` sets it by itself if a response lacks the length.
    public var acceptsContentCodings = false

    /// Creates the operation.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - conditions: The conditions that the object must meet.
    ///   - partNumber: The part to read the metadata of, from 1 to 10,000, or `nil` for the whole object.
    ///   - customerKey: The SSE-C key that the object is encrypted with, if any.
    public init(
        _ key: ObjectKey, conditions: ObjectConditions = .none, partNumber: Int? = nil,
        customerKey: SSECustomerKey? = nil
    ) {
        self.key = key
        self.conditions = conditions
        self.partNumber = partNumber
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .head, key: key)
        request.acceptsContentCodings = acceptsContentCodings
        try conditions.apply(to: &request.headerFields)
        if let partNumber { request.query.append(try .partNumber(partNumber)) }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> ObjectMetadata {
        try checkStatus(of: response, partNumber == nil ? [200] : [200, 206])
        return try ObjectMetadata(response, of: self)
    }
}
