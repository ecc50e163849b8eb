internal import HTTPTypes

/// Begins an upload in parts.
///
/// Properties are fixed here, and cannot be given when the upload is completed. An upload that is not completed is
/// aborted by the bucket's lifecycle rule, after seven days unless that says less.
public struct CreateMultipartUpload: R2Operation {
    /// The upload's id, which parts and completion need.
    public typealias Output = UploadID

    /// `CreateMultipartUpload`.
    public static let name = "CreateMultipartUpload"
    /// 64 KiB.
    public static let maximumResponseLength = 65_536

    /// Where the object goes.
    public var key: ObjectKey
    /// What is kept with it.
    public var properties: ObjectProperties
    /// The storage class; the bucket's if `nil`.
    public var storageClass: StorageClass?
    /// A key of one's own to encrypt it with, which every part must bring.
    public var customerKey: CustomerKey?

    /// Describes the operation.
    public init(
        _ key: ObjectKey, properties: ObjectProperties = ObjectProperties(), storageClass: StorageClass? = nil,
        customerKey: CustomerKey? = nil
    ) {
        self.key = key
        self.properties = properties
        self.storageClass = storageClass
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// Each request begins an upload of its own; one whose answer is lost stays until it is aborted.
    public var repetition: R2Repetition { .additive }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(method: .post, key: key, query: [.init("uploads")])
        try properties.apply(to: &request.headerFields)
        request.headerFields[named: "x-amz-storage-class"] = storageClass?.rawValue
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> UploadID {
        let id = try parse(response, root: ["InitiateMultipartUploadResult"]) { (scanner) throws(XMLError) in
            var id: String?
            while let name = try scanner.nextChild() {
                if name == "UploadId" { try scanner.read(&id) } else { try scanner.skip() }
            }
            return try scanner.required(id, "UploadId")
        }
        do { return try UploadID(id) } catch { throw invalid(response, "the answer's upload id is none") }
    }
}
