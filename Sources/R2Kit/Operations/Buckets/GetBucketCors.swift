internal import HTTPTypes

/// Reads the bucket's CORS configuration; without one the error is `NoSuchCORSConfiguration`.
///
/// It takes a token with admin rights.
public struct GetBucketCors: R2Operation {
    /// The configuration.
    public typealias Output = CORSConfiguration

    /// `GetBucketCors`.
    public static let name = "GetBucketCors"
    /// 1 MiB.
    public static let maximumResponseLength = 1024 * 1024

    /// Describes the operation.
    public init() {}

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        R2OperationRequest(method: .get, query: [.init("cors")])
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> CORSConfiguration {
        try parse(response, root: ["CORSConfiguration"], CORSConfiguration.init)
    }
}
