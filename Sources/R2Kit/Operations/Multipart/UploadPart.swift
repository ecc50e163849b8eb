internal import HTTPTypes

/// Stores one part of an upload.
///
/// Sent again, it takes the place of the part with the same number.
public struct UploadPart: R2Operation {
    /// What R2 answers about the part.
    public struct Output: Sendable, Hashable {
        /// The part's tag, which the completion needs.
        public let etag: ETag
    }

    /// `UploadPart`.
    public static let name = "UploadPart"

    /// Which part, from 1 to 10,000.
    public var number: Int
    /// The upload.
    public var uploadID: UploadID
    /// The object's key, the same as at the upload's creation.
    public var key: ObjectKey
    /// How many bytes the part has, exactly: see ``PartPlan``.
    public var contentLength: Int64
    /// The SHA-256 of the part in 64 lower-case hexadecimal digits, to be signed; R2 refuses another content.
    public var contentSHA256: String?
    /// A checksum that the caller has computed: MD5, CRC-32 or CRC-32C, which are those that R2 takes here.
    public var checksum: Checksum?
    /// The key that the upload was begun with, if there was one.
    public var customerKey: CustomerKey?

    /// Describes the operation; the sender brings the content.
    public init(
        _ number: Int, of uploadID: UploadID, key: ObjectKey, contentLength: Int64, contentSHA256: String? = nil,
        checksum: Checksum? = nil, customerKey: CustomerKey? = nil
    ) {
        self.number = number
        self.uploadID = uploadID
        self.key = key
        self.contentLength = contentLength
        self.contentSHA256 = contentSHA256
        self.checksum = checksum
        self.customerKey = customerKey
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        _ = try HeaderText.check(contentLength: contentLength)
        var request = R2OperationRequest(
            method: .put, key: key, query: [try .partNumber(number), .init("uploadId", uploadID.rawValue)],
            body: .provided(length: contentLength, sha256: contentSHA256))
        if let checksum {
            guard checksum.algorithm.isAllowedOnParts else {
                throw R2KitError(
                    .unsupportedChecksum,
                    "R2 answers 501 to \(checksum.algorithm.headerName) on a part: use MD5, CRC-32 or CRC-32C")
            }
            request.headerFields[named: checksum.algorithm.headerName] = checksum.base64
        }
        customerKey?.apply(to: &request.headerFields)
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try checkStatus(of: response)
        return Output(etag: try etag(in: response))
    }
}
