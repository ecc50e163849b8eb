internal import HTTPTypes

/// Stores an object of up to 5 GiB less 5 MiB in one request.
public struct PutObject: R2Operation {
    /// What R2 answers about the object that it stored.
    public struct Output: Sendable, Hashable {
        /// The version.
        public let etag: ETag
    }

    /// `PutObject`.
    public static let name = "PutObject"

    /// Where the object goes.
    public var key: ObjectKey
    /// How many bytes it has, exactly.
    public var contentLength: Int64
    /// The SHA-256 of the content in 64 lower-case hexadecimal digits, to be signed; R2 refuses another content.
    public var contentSHA256: String?
    /// What is kept with it.
    public var properties: ObjectProperties
    /// A checksum that the caller has computed; R2 refuses another content.
    public var checksum: Checksum?
    /// What must hold of the object under the key, or nothing is stored.
    public var conditions: ObjectConditions
    /// The storage class; the bucket's if `nil`.
    public var storageClass: StorageClass?
    /// A key of one's own to encrypt it with.
    public var customerKey: CustomerKey?

    /// Describes the operation; the sender brings the content.
    public init(
        _ key: ObjectKey, contentLength: Int64, contentSHA256: String? = nil,
        properties: ObjectProperties = ObjectProperties(), checksum: Checksum? = nil,
        conditions: ObjectConditions = .none, storageClass: StorageClass? = nil, customerKey: CustomerKey? = nil
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

    /// A condition may fail on the object that a first request stored.
    public var repetition: R2Repetition { conditions.isEmpty ? .idempotent : .ambiguous }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        _ = try HeaderText.check(contentLength: contentLength)
        var request = R2OperationRequest(
            method: .put, key: key, body: .provided(length: contentLength, sha256: contentSHA256))
        try properties.apply(to: &request.headerFields)
        try conditions.apply(to: &request.headerFields)
        if let checksum { request.headerFields[named: checksum.algorithm.headerName] = checksum.base64 }
        request.headerFields[named: "x-amz-storage-class"] = storageClass?.rawValue
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try checkStatus(of: response)
        return Output(etag: try etag(in: response))
    }
}
