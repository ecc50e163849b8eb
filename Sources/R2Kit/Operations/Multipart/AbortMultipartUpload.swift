internal import HTTPTypes

/// Gives up an upload, and its parts with it.
public struct AbortMultipartUpload: R2Operation {
    /// Nothing.
    public typealias Output = Void

    /// `AbortMultipartUpload`.
    public static let name = "AbortMultipartUpload"

    /// The upload.
    public var uploadID: UploadID
    /// The object's key, the same as at the upload's creation.
    public var key: ObjectKey

    /// Describes the operation.
    public init(_ uploadID: UploadID, key: ObjectKey) {
        self.uploadID = uploadID
        self.key = key
    }

    /// The object.
    public var subject: ObjectKey? { key }

    /// An upload that a first request aborted is no longer there.
    public var repetition: R2Repetition { .ambiguous }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, key: key, query: [.init("uploadId", uploadID.rawValue)])
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}
