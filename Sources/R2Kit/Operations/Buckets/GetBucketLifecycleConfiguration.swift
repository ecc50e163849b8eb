internal import HTTPTypes

/// Reads the bucket's lifecycle configuration; without one the error is `NoSuchLifecycleConfiguration`.
///
/// It takes a token with admin rights.
public struct GetBucketLifecycleConfiguration: R2Operation {
    /// The configuration.
    public typealias Output = LifecycleConfiguration

    /// `GetBucketLifecycleConfiguration`.
    public static let name = "GetBucketLifecycleConfiguration"
    /// 1 MiB.
    public static let maximumResponseLength = 1024 * 1024

    /// Describes the operation.
    public init() {}

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        R2OperationRequest(method: .get, query: [.init("lifecycle")])
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> LifecycleConfiguration {
        try parse(response, root: ["LifecycleConfiguration"], LifecycleConfiguration.init)
    }
}
