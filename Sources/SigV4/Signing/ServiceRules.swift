/// In what services differ.
public struct ServiceRules: Sendable, Hashable {
    /// Whether the path, already encoded as it is sent, is encoded once more before it is signed.
    public var encodesPathAgain: Bool
    /// Whether empty, `.` and `..` segments are removed from the path before it is signed.
    public var normalizesPath: Bool
    /// Whether a signed `x-amz-content-sha256` header is sent (in the header form).
    public var sendsPayloadHash: Bool
    /// Whether the session token is signed.
    ///
    /// If not, it is added afterwards.
    public var signsSessionToken: Bool

    /// Combines rules.
    public init(
        encodesPathAgain: Bool, normalizesPath: Bool, sendsPayloadHash: Bool, signsSessionToken: Bool = true
    ) {
        self.encodesPathAgain = encodesPathAgain
        self.normalizesPath = normalizesPath
        self.sendsPayloadHash = sendsPayloadHash
        self.signsSessionToken = signsSessionToken
    }

    /// S3 and R2: the path is signed as it is sent, and the payload's hash goes along.
    public static let s3 = ServiceRules(encodesPathAgain: false, normalizesPath: false, sendsPayloadHash: true)

    /// Every other service.
    public static let standard = ServiceRules(encodesPathAgain: true, normalizesPath: true, sendsPayloadHash: false)
}
