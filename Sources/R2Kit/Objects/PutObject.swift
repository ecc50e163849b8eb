internal import HTTPTypes

/// An operation that stores an object of up to 5 GiB minus 5 MiB in one request.
public struct PutObject: R2Operation {
    /// The result of storing an object.
    public struct Output: Sendable, Hashable {
        /// The object's ETag.
        public let etag: ETag
    }

    /// `PutObject`.
    public static let name = "PutObject"

    /// The object's key.
    public var key: ObjectKey
    /// The exact length of the body, in bytes.
    public var contentLength: Int64
    /// The SHA-256 of the body as 64 lowercase hexadecimal digits, which is signed.
    ///
    /// R2 rejects any other body.
    public var contentSHA256: String?
    /// The properties that R2 stores with the object.
    public var properties: ObjectProperties
    /// A checksum of the body, computed by the caller.
    ///
    /// R2 rejects any other body.
    public var checksum: Checksum?
    /// The conditions that the current object under the key must meet.
    ///
    /// Otherwise, nothing is stored.
    public var conditions: ObjectConditions
    /// The storage class, or `nil` for the bucket's default.
    public var storageClass: StorageClass?
    /// The SSE-C key to encrypt the object with, if any.
    public var customerKey: SSECustomerKey?

    /// Creates the operation.
    ///
    /// The client provides the body.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - contentLength: The exact length of the body, in bytes.
    ///   - contentSHA256: The SHA-256 of the body as 64 lowercase hexadecimal digits, which is signed.
    ///   - properties: The properties that R2 stores with the object.
    ///   - checksum: A checksum of the body, computed by the caller.
    ///   - conditions: The conditions that the current object under the key must meet.
    ///   - storageClass: The storage class, or `nil` for the bucket's default.
    ///   - customerKey: The SSE-C key to encrypt the object with, if any.
    public init(
        _ key: ObjectKey, contentLength: Int64, contentSHA256: String? = nil,
        properties: ObjectProperties = ObjectProperties(), checksum: Checksum? = nil,
        conditions: ObjectConditions = .none, storageClass: StorageClass? = nil, customerKey: SSECustomerKey? = nil
    ) {
        self.key = key
        self.contentLength = contentLength
        self.contentSHA256 = contentSHA256
        self.properties = properties
        self.checksum = checksum
        self.conditions = conditions
        self.storageClass = storageClass
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// ``RetrySafety/ambiguous`` with conditions, which can fail because of the object that the first request stored.
    public var retrySafety: RetrySafety { conditions.isEmpty ? .idempotent : .ambiguous }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        _ = try HeaderRules.check(contentLength: contentLength)
        var request = R2OperationRequest(
            method: .put, key: key, body: .provided(length: contentLength, sha256: contentSHA256))
        try properties.apply(to: &request.headerFields)
        try conditions.apply(to: &request.headerFields)
        if let checksum { request.headerFields[named: checksum.algorithm.headerName] = checksum.base64 }
        request.headerFields[named: "x-amz-storage-class"] = storageClass?.rawValue
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try checkStatus(of: response)
        return Output(etag: try strongETag(etag(in: response), in: response))
    }
}
