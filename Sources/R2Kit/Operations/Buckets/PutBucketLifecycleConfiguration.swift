internal import HTTPTypes

/// Sets the bucket's lifecycle configuration, in place of the one that it had.
///
/// It takes a token with admin rights.
public struct PutBucketLifecycleConfiguration: R2Operation {
    /// Nothing.
    public typealias Output = Void

    /// `PutBucketLifecycleConfiguration`.
    public static let name = "PutBucketLifecycleConfiguration"

    /// The configuration.
    public var configuration: LifecycleConfiguration

    /// Describes the operation.
    public init(_ configuration: LifecycleConfiguration) { self.configuration = configuration }

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest {
        var request = R2OperationRequest(
            method: .put, query: [.init("lifecycle")], body: .bytes(Array(configuration.xml.utf8)))
        request.headerFields[.contentType] = "application/xml"
        return request
    }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) {
        try checkStatus(of: response, [200, 204])
    }
}
