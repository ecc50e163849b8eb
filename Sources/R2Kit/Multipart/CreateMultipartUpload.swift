internal import HTTPTypes

/// An operation that creates a multipart upload.
///
/// The object's properties are set here, and can't be set when the upload is completed. The bucket's lifecycle rules
/// abort an upload that isn't completed, in a new bucket after seven days.
public struct CreateMultipartUpload: R2Operation {
    /// The upload's ID, which the parts and the completion require.
    public typealias Output = UploadID

    /// `CreateMultipartUpload`.
    public static let name = "CreateMultipartUpload"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536

    /// The object's key.
    public var key: ObjectKey
    /// The properties that R2 stores with the object.
    public var properties: ObjectProperties
    /// The storage class, or `nil` for the bucket's default.
    public var storageClass: StorageClass?
    /// The SSE-C key to encrypt the object with, if any, which every part must provide too.
    public var customerKey: SSECustomerKey?

    /// Creates the operation.
    /// - Parameters:
    ///   - key: The object's key.
    ///   - properties: The properties that R2 stores with the object.
    ///   - storageClass: The storage class, or `nil` for the bucket's default.
    ///   - customerKey: The SSE-C key to encrypt the object with, if any.
    public init(
        _ key: ObjectKey, properties: ObjectProperties = ObjectProperties(), storageClass: StorageClass? = nil,
        customerKey: SSECustomerKey? = nil
    ) {
        self.key = key
        self.properties = properties
        self.storageClass = storageClass
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// ``RetrySafety/additive``: each request creates an upload.
    ///
    /// An upload whose response is lost remains until it is aborted.
    public var retrySafety: RetrySafety { .additive }

    /// See ``R2Operation/request()``.
    public func request() throws(R2ValidationError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .post, key: key, query: [QueryParameter(name: "uploads", value: "")])
        try properties.apply(to: &request.headerFields)
        request.headerFields[named: "x-amz-storage-class"] = storageClass?.rawValue
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// See ``R2Operation/output(from:)``.
    public func output(from response: R2Response) throws(R2Error) -> UploadID {
        let id = try parse(response, root: ["InitiateMultipartUploadResult"]) { (scanner) throws(XMLError) in
            var id: String?
            while let name = try scanner.nextChild() {
                if name == "UploadId" { try scanner.read(&id) } else { try scanner.skip() }
            }
            return try scanner.required(id, "UploadId")
        }
        do { return try UploadID(id) } catch { throw invalid(response, "Invalid upload ID in the response.") }
    }
}
