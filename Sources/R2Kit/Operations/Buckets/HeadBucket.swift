internal import HTTPTypes

/// Asks whether the bucket is there, and may be used.
public struct HeadBucket: R2Operation {
    /// What R2 tells of the bucket.
    public struct Output: Sendable, Hashable {
        /// The region; R2's is `auto`.
        public let region: String?
    }

    /// `HeadBucket`.
    public static let name = "HeadBucket"

    /// Describes the operation.
    public init() {}

    /// The request to sign and send.
    public func request() throws(R2KitError) -> R2OperationRequest { R2OperationRequest(method: .head) }

    /// Reads an answer.
    public func output(from response: R2Response) throws(R2Error) -> Output {
        try checkStatus(of: response)
        return Output(region: response.headerFields[named: "x-amz-bucket-region"])
    }
}
