/// Where the videos are, who asks for them, and how long URLs live.
///
/// ```swift
/// let config = try R2Config()  // from the process environment
/// ```
///
/// | variable | rule | default |
/// | --- | --- | --- |
/// | `CLOUDFLARE_ACCOUNT_ID` | 32 hexadecimal digits | required, unless `R2_ENDPOINT` is set |
/// | `R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY` | printable ASCII, no white space | required |
/// | `R2_SESSION_TOKEN` | for temporary credentials | none |
/// | `R2_BUCKET_NAME` | 3 to 63 lower-case letters, digits, hyphens | required |
/// | `R2_JURISDICTION` | `eu`, `fedramp`, `us`, or a later one | none |
/// | `R2_ENDPOINT` | an `https://` URL; `http://` on this machine | R2's own |
/// | `R2_ALLOW_INSECURE_ENDPOINT` | `true` takes `http://` for any host | `false` |
/// | `R2_REGION` | for R2 `auto` | `auto` |
/// | `VIDEO_UPLOAD_URL_EXPIRY` | seconds, 1 to 604800 | 900 |
/// | `VIDEO_PLAYBACK_URL_EXPIRY` | seconds, 1 to 604800 | 3600 |
///
/// An empty variable counts as one that is not set. Variables that begin with `AWS_` are never read.
public struct R2Config: Sendable, Equatable {
    /// The S3 API that requests go to.
    public let endpoint: R2Endpoint
    /// Whose requests they are.
    public let credentials: R2Credentials
    /// The bucket.
    public let bucket: BucketName
    /// The region of the signature's scope; for R2 `auto`.
    public let region: String
    /// Where URLs name the bucket.
    public let addressingStyle: AddressingStyle
    /// How long upload URLs live, unless a call says otherwise.
    public let uploadURLLifetime: URLLifetime
    /// How long playback URLs live, unless a call says otherwise.
    public let playbackURLLifetime: URLLifetime

    /// Takes values that have been checked one by one, and checks that they fit together.
    /// - Parameters:
    ///   - endpoint: The S3 API that requests go to.
    ///   - credentials: Whose requests they are.
    ///   - bucket: The bucket.
    ///   - region: The region of the signature's scope; R2's is `auto`.
    ///   - addressingStyle: Where URLs name the bucket.
    ///   - uploadURLLifetime: How long upload URLs live by default; 15 minutes if `nil`.
    ///   - playbackURLLifetime: How long playback URLs live by default; an hour if `nil`.
    /// - Throws: ``R2ConfigError`` if the region is none that the endpoint takes, or the endpoint is an address and the
    ///   bucket should stand in its host.
    public init(
        endpoint: R2Endpoint, credentials: R2Credentials, bucket: BucketName, region: String = "auto",
        addressingStyle: AddressingStyle = .path, uploadURLLifetime: URLLifetime? = nil,
        playbackURLLifetime: URLLifetime? = nil
    ) throws(R2ConfigError) {
        var problems: [R2ConfigError.Problem] = []
        do {
            try RegionRule.check(region, isCloudflare: endpoint.isCloudflare)
        } catch {
            problems.append(.init(setting: "region", isMissing: false, message: error.message))
        }
        if addressingStyle == .virtualHosted, endpoint.isAddress {
            problems.append(
                .init(
                    setting: "addressingStyle", isMissing: false,
                    message: "a bucket cannot stand before an IP address: use .path, or an endpoint with a name"))
        }
        guard problems.isEmpty else { throw R2ConfigError(problems: problems) }
        self.endpoint = endpoint
        self.credentials = credentials
        self.bucket = bucket
        self.region = region
        self.addressingStyle = addressingStyle
        self.uploadURLLifetime = uploadURLLifetime ?? .uploadDefault
        self.playbackURLLifetime = playbackURLLifetime ?? .playbackDefault
    }

    /// R2's own endpoint of an account.
    /// - Parameters:
    ///   - accountID: The account.
    ///   - jurisdiction: The bucket's jurisdiction, if it has one.
    ///   - credentials: Whose requests they are.
    ///   - bucket: The bucket.
    ///   - addressingStyle: Where URLs name the bucket.
    ///   - uploadURLLifetime: How long upload URLs live by default; 15 minutes if `nil`.
    ///   - playbackURLLifetime: How long playback URLs live by default; an hour if `nil`.
    public init(
        accountID: AccountID, jurisdiction: Jurisdiction? = nil, credentials: R2Credentials, bucket: BucketName,
        addressingStyle: AddressingStyle = .path, uploadURLLifetime: URLLifetime? = nil,
        playbackURLLifetime: URLLifetime? = nil
    ) {
        // R2's own endpoint is a name and takes `auto`, so that nothing is left to check.
        endpoint = R2Endpoint(accountID: accountID, jurisdiction: jurisdiction)
        region = "auto"
        self.credentials = credentials
        self.bucket = bucket
        self.addressingStyle = addressingStyle
        self.uploadURLLifetime = uploadURLLifetime ?? .uploadDefault
        self.playbackURLLifetime = playbackURLLifetime ?? .playbackDefault
    }
}

extension R2Config: CustomStringConvertible, CustomDebugStringConvertible {
    /// Endpoint, bucket and region; no secret.
    public var description: String { "R2Config(\(endpoint), bucket: \(bucket), region: \(region), \(credentials))" }
    /// The same as the description.
    public var debugDescription: String { description }
}
