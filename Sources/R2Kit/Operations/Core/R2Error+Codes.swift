extension R2Error.Code {
    // MARK: Objects and buckets

    /// There is no such object.
    public static let noSuchKey = Self("NoSuchKey")
    /// There is no such bucket.
    public static let noSuchBucket = Self("NoSuchBucket")
    /// There is no such multipart upload: it was completed or aborted, or never begun.
    public static let noSuchUpload = Self("NoSuchUpload")
    /// The bucket has no CORS configuration.
    public static let noSuchCORSConfiguration = Self("NoSuchCORSConfiguration")
    /// The bucket has no lifecycle configuration.
    public static let noSuchLifecycleConfiguration = Self("NoSuchLifecycleConfiguration")
    /// A condition of the request did not hold.
    public static let preconditionFailed = Self("PreconditionFailed")
    /// The object has not been changed (status 304).
    public static let notModified = Self("NotModified")
    /// The range lies beyond the object's end.
    public static let invalidRange = Self("InvalidRange")
    /// The bucket's lock keeps the object.
    public static let objectLockedByBucketPolicy = Self("ObjectLockedByBucketPolicy")

    // MARK: Bodies

    /// The body does not have the checksum that was sent with it.
    public static let badDigest = Self("BadDigest")
    /// The body does not have the SHA-256 that was signed.
    public static let contentSHA256Mismatch = Self("XAmzContentSHA256Mismatch")
    /// The body was shorter than announced.
    public static let incompleteBody = Self("IncompleteBody")
    /// The body is too large for one request.
    public static let entityTooLarge = Self("EntityTooLarge")
    /// A part that is not the last has less than 5 MiB.
    public static let entityTooSmall = Self("EntityTooSmall")
    /// A part is not there, has another ETag, or another size than its siblings.
    public static let invalidPart = Self("InvalidPart")
    /// The parts were not named in ascending order.
    public static let invalidPartOrder = Self("InvalidPartOrder")
    /// There was no content length.
    public static let missingContentLength = Self("MissingContentLength")
    /// The document in the request is not what R2 takes.
    public static let malformedXML = Self("MalformedXML")
    /// The metadata has more than 8,192 bytes.
    public static let metadataTooLarge = Self("MetadataTooLarge")

    // MARK: Access

    /// The credentials do not allow it.
    public static let accessDenied = Self("AccessDenied")
    /// The credentials are not known, or the request's signing is none that R2 takes.
    public static let unauthorized = Self("Unauthorized")
    /// The access key is not known.
    public static let invalidAccessKeyID = Self("InvalidAccessKeyId")
    /// The signature is not that of the request.
    public static let signatureDoesNotMatch = Self("SignatureDoesNotMatch")
    /// The request was signed too long ago or too far ahead: a clock is wrong.
    public static let requestTimeTooSkewed = Self("RequestTimeTooSkewed")
    /// The request, or its URL, has expired.
    public static let expiredRequest = Self("ExpiredRequest")
    /// The session token has expired.
    public static let expiredToken = Self("ExpiredToken")

    /// The request was signed for another region, or its `authorization` header is none.
    public static let authorizationHeaderMalformed = Self("AuthorizationHeaderMalformed")
    /// There is no such region.
    public static let invalidRegionName = Self("InvalidRegionName")
    /// The bucket is to be found at another endpoint.
    public static let permanentRedirect = Self("PermanentRedirect")

    // MARK: Requests

    /// The request is malformed.
    public static let badRequest = Self("BadRequest")
    /// An argument of the request is none that R2 takes.
    public static let invalidArgument = Self("InvalidArgument")
    /// R2 does not implement it.
    public static let notImplemented = Self("NotImplemented")
    /// The method is not allowed there.
    public static let methodNotAllowed = Self("MethodNotAllowed")
    /// Another write is in its way.
    public static let conflict = Self("OperationAborted")

    // MARK: Load and faults

    /// Too many requests, on one key or in all.
    public static let tooManyRequests = Self("TooManyRequests")
    /// Too many requests; S3's name for it.
    public static let slowDown = Self("SlowDown")
    /// A fault at R2.
    public static let internalError = Self("InternalError")
    /// R2 is overloaded or down.
    public static let serviceUnavailable = Self("ServiceUnavailable")
    /// The body did not arrive in time.
    public static let requestTimeout = Self("RequestTimeout")

    // MARK: This side of the wire

    /// The answer is not one of this operation's, or is not whole.
    public static let invalidResponse = Self("InvalidResponse")
    /// The answer ends early.
    public static let incompleteResponse = Self("IncompleteResponse")
    /// There was no connection, or it broke.
    public static let connectionFailed = Self("ConnectionFailed")
    /// There was no answer in time.
    public static let timedOut = Self("TimedOut")
    /// The task was cancelled.
    public static let cancelled = Self("Cancelled")
}

extension R2Error.Code {
    static let notFound: Set<Self> = [
        .noSuchKey, .noSuchBucket, .noSuchUpload, .noSuchCORSConfiguration, .noSuchLifecycleConfiguration,
    ]

    /// Codes of what passes, whatever status they come with: also in the body of a 200.
    static let transient: Set<Self> = [
        .tooManyRequests, .slowDown, .internalError, .serviceUnavailable, .requestTimeout, .connectionFailed, .timedOut,
        .incompleteBody, .incompleteResponse, Self("TooMuchConcurrency"), Self("ClientDisconnect"),
    ]

    /// Codes of what stays, whatever status they come with.
    static let lasting: Set<Self> = [.notImplemented, .cancelled, .invalidResponse]

    var advice: String? {
        switch self {
        case .signatureDoesNotMatch:
            "check the secret access key, and that nothing on the way changes the request's path or headers"
        case .requestTimeTooSkewed: "set this machine's clock"
        case .expiredRequest: "sign the request again, and check this machine's clock"
        case .expiredToken: "take fresh temporary credentials"
        case .accessDenied:
            "check that the credentials allow the operation on this bucket and key, and that the secret is theirs"
        case .unauthorized, .invalidAccessKeyID: "check the access key id, and that its token has not been revoked"
        case .authorizationHeaderMalformed, .invalidRegionName:
            "check the region: R2's is auto, and another server's message names its own"
        case .permanentRedirect: "check the endpoint and the region"
        case .noSuchBucket: "check the bucket's name, the account and the jurisdiction"
        case .noSuchUpload: "begin a new upload, unless it was this one that was completed"
        case .invalidPart: "list the parts: all but the last must have one size, and the ETags that R2 answered"
        case .entityTooLarge: "upload it in parts, see PartPlan"
        case .tooManyRequests: "send it again after a pause; one key takes one write a second"
        case .badDigest, .contentSHA256Mismatch:
            "send the body again; it changed on the way, or the checksum is not its own"
        default: nil
        }
    }
}
