internal import HTTPTypes

/// Removes the bucket's CORS configuration; that there is none is no error.
///
/// It takes a token with admin rights.
public struct DeleteBucketCors: R2Operation {
    /// Nothing.
    public typealias Output = Void

    /// `DeleteBucketCors`.
    public static let name = "DeleteBucketCors"

    /// Describes the operation.
    public init() {}

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        R2OperationRequest(method: .delete, query: [.init("cors")])
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}
