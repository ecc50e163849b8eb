internal import HTTPTypes

/// Removes the bucket's lifecycle configuration; that there is none is no error.
///
/// It takes a token with admin rights.
public struct DeleteBucketLifecycle: R2Operation {
    /// Nothing.
    public typealias Output = Void

    /// `DeleteBucketLifecycle`.
    public static let name = "DeleteBucketLifecycle"

    /// Describes the operation.
    public init() {}

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, query: [.init("lifecycle")])
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}
