/// The bucket's location, credentials and default lifetimes of URLs.
///
/// ```swift
/// let config = try R2Config()  // from the process environment
/// ```
///
/// | variable | rule | default |
/// | --- | --- | --- |
/// | `CLOUDFLARE_ACCOUNT_ID` | 32 hexadecimal digits | required, unless `R2_ENDPOINT` is set |
/// | `R2_ACCESS_KEY_ID`, `R2_SECRET_ACCESS_KEY` | printable ASCII, no whitespace | required |
/// | `R2_SESSION_TOKEN` | for temporary credentials | none |
/// | `R2_BUCKET_NAME` | 3 to 63 lowercase letters, digits, hyphens | required |
/// | `R2_JURISDICTION` | `eu`, `fedramp`, `us`, or a later one | none |
/// | `R2_ENDPOINT` | an `https://` URL, or `http://` for this machine, with the path before the bucket | R2's own |
/// | `R2_ALLOW_INSECURE_ENDPOINT` | `true` allows `http://` for any host | `false` |
/// | `R2_REGION` | for R2 `auto` | `auto` |
/// | `VIDEO_UPLOAD_URL_EXPIRY` | seconds, 1 to 604800 | 900 |
/// | `VIDEO_PLAYBACK_URL_EXPIRY` | seconds, 1 to 604800 | 3600 |
///
/// An empty variable counts as unset. Variables that start with `AWS_` are never read.
public struct R2Config: Sendable, Equatable {
    /// The S3 API that requests are sent to.
    public let endpoint: R2Endpoint
    /// The credentials that sign requests.
    public let credentials: R2Credentials
    /// The bucket.
    public let bucket: BucketName
    /// The region in the signature's scope, which is `auto` for R2.
    public let region: String
    /// The part of a URL that names the bucket.
    public let addressingStyle: AddressingStyle
    let uploadSeconds: Int
    let playbackSeconds: Int

    /// The default lifetime of upload URLs.
    public var uploadURLLifetime: Duration { .seconds(uploadSeconds) }
    /// The default lifetime of playback URLs.
    public var playbackURLLifetime: Duration { .seconds(playbackSeconds) }

    /// Creates a configuration from values that are valid on their own, and checks that they fit together.
    /// - Parameters:
    ///   - endpoint: The S3 API that requests are sent to.
    ///   - credentials: The credentials that sign requests.
    ///   - bucket: The bucket.
    ///   - region: The region in the signature's scope.
    ///   - addressingStyle: The part of a URL that names the bucket.
    ///   - uploadURLLifetime: The default lifetime of upload URLs, in ``R2Presigner/lifetimeRange``. `nil` means 15
    ///     minutes.
    ///   - playbackURLLifetime: The default lifetime of playback URLs, in ``R2Presigner/lifetimeRange``. `nil` means
    ///     one hour.
    /// - Throws: ``R2ConfigError`` if the endpoint doesn't support the region, its path ends with the bucket, or a
    ///   lifetime is out of range. Also if the bucket would be part of the host, but the endpoint has an IP address or
    ///   a path, and if R2's access key ID looks like a secret access key.
    public init(
        endpoint: R2Endpoint, credentials: R2Credentials, bucket: BucketName, region: String = "auto",
        addressingStyle: AddressingStyle = .path, uploadURLLifetime: Duration? = nil,
        playbackURLLifetime: Duration? = nil
    ) throws(R2ConfigError) {
        var problems: [R2ConfigError.Problem] = []
        do {
            try RegionRule.check(region, isCloudflare: endpoint.isCloudflare)
        } catch {
            problems.append(.init(setting: "region", isMissing: false, message: error.message))
        }
        if endpoint.isCloudflare, credentials.looksSwapped {
            problems.append(
                .init(setting: "accessKeyID", isMissing: false, message: R2Credentials.swappedMessage))
        }
        if addressingStyle == .virtualHosted, endpoint.isAddress {
            problems.append(
                .init(
                    setting: "addressingStyle", isMissing: false,
                    message: "A bucket can't be part of an IP address: use .path, or an endpoint with a host name."))
        }
        if addressingStyle == .virtualHosted, !endpoint.basePath.isEmpty {
            problems.append(
                .init(
                    setting: "addressingStyle", isMissing: false,
                    message: "A bucket can't be part of the host of an endpoint with a path: use .path."))
        }
        if let message = endpoint.problem(with: bucket) {
            problems.append(.init(setting: "endpoint", isMissing: false, message: message))
        }
        func seconds(_ lifetime: Duration?, or standard: Duration, _ setting: String) -> Int {
            do {
                return try URLLifetime.seconds(lifetime ?? standard)
            } catch {
                problems.append(.init(setting: setting, isMissing: false, message: error.message))
                return 0
            }
        }
        uploadSeconds = seconds(uploadURLLifetime, or: URLLifetime.uploadDefault, "uploadURLLifetime")
        playbackSeconds = seconds(playbackURLLifetime, or: URLLifetime.playbackDefault, "playbackURLLifetime")
        guard problems.isEmpty else { throw R2ConfigError(problems: problems) }
        self.endpoint = endpoint
        self.credentials = credentials
        self.bucket = bucket
        self.region = region
        self.addressingStyle = addressingStyle
    }

    /// Creates a configuration for R2's own endpoint of an account.
    /// - Parameters:
    ///   - accountID: The account.
    ///   - jurisdiction: The bucket's jurisdiction, if it has one.
    ///   - credentials: The credentials that sign requests.
    ///   - bucket: The bucket.
    ///   - addressingStyle: The part of a URL that names the bucket.
    ///   - uploadURLLifetime: The default lifetime of upload URLs, in ``R2Presigner/lifetimeRange``. `nil` means 15
    ///     minutes.
    ///   - playbackURLLifetime: The default lifetime of playback URLs, in ``R2Presigner/lifetimeRange``. `nil` means
    ///     one hour.
    /// - Throws: ``R2ConfigError`` if a lifetime is out of range, or if the access key ID looks like a secret access
    ///   key.
    public init(
        accountID: AccountID, jurisdiction: Jurisdiction? = nil, credentials: R2Credentials, bucket: BucketName,
        addressingStyle: AddressingStyle = .path, uploadURLLifetime: Duration? = nil,
        playbackURLLifetime: Duration? = nil
    ) throws(R2ConfigError) {
        try self.init(
            endpoint: R2Endpoint(accountID: accountID, jurisdiction: jurisdiction), credentials: credentials,
            bucket: bucket, addressingStyle: addressingStyle, uploadURLLifetime: uploadURLLifetime,
            playbackURLLifetime: playbackURLLifetime)
    }

    /// Creates a copy of a configuration with other credentials.
    init(_ config: R2Config, credentials: R2Credentials) {
        endpoint = config.endpoint
        self.credentials = credentials
        bucket = config.bucket
        region = config.region
        addressingStyle = config.addressingStyle
        uploadSeconds = config.uploadSeconds
        playbackSeconds = config.playbackSeconds
    }
}

extension R2Config: CustomStringConvertible, CustomDebugStringConvertible {
    /// The endpoint, bucket and region, without secrets.
    public var description: String { "R2Config(\(endpoint), bucket: \(bucket), region: \(region), \(credentials))" }
    /// The same as the description.
    public var debugDescription: String { description }
}

/// The regions that an endpoint supports.
///
/// R2 has one region, `auto`. It accepts `us-east-1` as another name for it, and its location hints. It rejects every
/// other region in a signature's scope. Source: R2 "S3 API compatibility", bucket region.
enum RegionRule {
    private static let cloudflare: Set<String> = ["auto", "us-east-1", "wnam", "enam", "weur", "eeur", "apac", "oc"]

    static func check(_ region: String, isCloudflare: Bool) throws(R2ValidationError) {
        let isName = region.utf8.allSatisfy {
            ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        guard !region.isEmpty, isName else {
            throw R2ValidationError(
                .invalidRegion, "Invalid region: expected a name of letters, digits and hyphens, such as 'auto'.")
        }
        guard !isCloudflare || cloudflare.contains(region) else {
            throw R2ValidationError(.invalidRegion, "Invalid region: R2's region is 'auto'. Leave the setting out.")
        }
    }
}
