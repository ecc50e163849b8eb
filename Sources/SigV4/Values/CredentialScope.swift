/// What a signing key is good for: one day, one region, one service.
public struct CredentialScope: Sendable, Hashable {
    /// The day, as `20150830`.
    public let date: String
    /// The region, such as `us-east-1`; R2's only one is `auto`.
    public let region: String
    /// The service, such as `s3`.
    public let service: String

    /// The scope of a request signed at `time`.
    public init(time: SigningTime, region: String, service: String) {
        self.date = time.date
        self.region = region
        self.service = service
    }
}

extension CredentialScope: CustomStringConvertible {
    /// `20150830/us-east-1/s3/aws4_request`.
    public var description: String { "\(date)/\(region)/\(service)/aws4_request" }
}
