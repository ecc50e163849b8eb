extension R2Error.Code {
    // MARK: Objects and buckets

    /// The object doesn't exist.
    public static let noSuchKey = Self("NoSuchKey")
    /// The bucket doesn't exist.
    public static let noSuchBucket = Self("NoSuchBucket")
    /// The multipart upload doesn't exist: it was completed, aborted, or never created.
    public static let noSuchUpload = Self("NoSuchUpload")
    /// The bucket has no CORS configuration.
    public static let noSuchCORSConfiguration = Self("NoSuchCORSConfiguration")
    /// The bucket has no lifecycle configuration.
    public static let noSuchLifecycleConfiguration = Self("NoSuchLifecycleConfiguration")
    /// A precondition of the request failed.
    public static let preconditionFailed = Self("PreconditionFailed")
    /// The object hasn't been modified (status 304).
    public static let notModified = Self("NotModified")
    /// The range starts beyond the object's end.
    public static let invalidRange = Self("InvalidRange")
    /// A lock rule of the bucket protects the object.
    public static let objectLockedByBucketPolicy = Self("ObjectLockedByBucketPolicy")

    // MARK: Bodies

    /// The body doesn't match the checksum that was sent with it.
    public static let badDigest = Self("BadDigest")
    /// The body doesn't match the signed SHA-256.
    public static let contentSHA256Mismatch = Self("XAmzContentSHA256Mismatch")
    /// The body was shorter than its announced length.
    public static let incompleteBody = Self("IncompleteBody")
    /// The body is too large for one request.
    public static let entityTooLarge = Self("EntityTooLarge")
    /// A part other than the last is smaller than 5 MiB.
    public static let entityTooSmall = Self("EntityTooSmall")
    /// A part is missing, has another ETag, or differs in size from the other parts.
    public static let invalidPart = Self("InvalidPart")
    /// The parts weren't listed in ascending order.
    public static let invalidPartOrder = Self("InvalidPartOrder")
    /// The request has no content length.
    public static let missingContentLength = Self("MissingContentLength")
    /// R2 doesn't accept the XML document in the request.
    public static let malformedXML = Self("MalformedXML")
    /// The user metadata is larger than 8,192 bytes.
    public static let metadataTooLarge = Self("MetadataTooLarge")

    // MARK: Access

    /// The credentials don't allow the operation.
    public static let accessDenied = Self("AccessDenied")
    /// R2 doesn't know the credentials, or doesn't support the way the request is signed.
    public static let unauthorized = Self("Unauthorized")
    /// R2 doesn't know the access key.
    public static let invalidAccessKeyID = Self("InvalidAccessKeyId")
    /// The signature doesn't match the request.
    public static let signatureDoesNotMatch = Self("SignatureDoesNotMatch")
    /// The signing time is too far from the server's time, because a clock is wrong.
    public static let requestTimeTooSkewed = Self("RequestTimeTooSkewed")
    /// The request or its URL has expired.
    public static let expiredRequest = Self("ExpiredRequest")
    /// The session token has expired.
    public static let expiredToken = Self("ExpiredToken")

    /// The request was signed for another region, or its `authorization` header isn't valid.
    public static let authorizationHeaderMalformed = Self("AuthorizationHeaderMalformed")
    /// The region doesn't exist.
    public static let invalidRegionName = Self("InvalidRegionName")
    /// The bucket is at another endpoint.
    public static let permanentRedirect = Self("PermanentRedirect")

    // MARK: Requests

    /// The request is malformed.
    public static let badRequest = Self("BadRequest")
    /// R2 doesn't accept an argument of the request.
    public static let invalidArgument = Self("InvalidArgument")
    /// R2 doesn't implement the operation or one of its options.
    public static let notImplemented = Self("NotImplemented")
    /// The resource doesn't allow the method.
    public static let methodNotAllowed = Self("MethodNotAllowed")
    /// The request conflicts with another write.
    public static let conflict = Self("OperationAborted")

    // MARK: Load and server errors

    /// The client sent too many requests, to one key or in total.
    public static let tooManyRequests = Self("TooManyRequests")
    /// The client sent too many requests (S3's own name for it).
    public static let slowDown = Self("SlowDown")
    /// An error inside R2.
    public static let internalError = Self("InternalError")
    /// R2 is overloaded or unavailable.
    public static let serviceUnavailable = Self("ServiceUnavailable")
    /// The body didn't arrive in time.
    public static let requestTimeout = Self("RequestTimeout")

    // MARK: Errors on the client's side

    /// The response doesn't fit the operation, or isn't valid.
    public static let invalidResponse = Self("InvalidResponse")
    /// The response ends early.
    public static let incompleteResponse = Self("IncompleteResponse")
    /// The connection couldn't be established, or it broke.
    public static let connectionFailed = Self("ConnectionFailed")
    /// The response didn't arrive in time.
    public static let timedOut = Self("TimedOut")
    /// The server's certificate isn't trusted by this machine.
    public static let untrustedCertificate = Self("UntrustedCertificate")
    /// The proxy between this machine and R2 refused to connect.
    public static let proxyRefused = Self("ProxyRefused")
    /// The client is shutting down, or has been shut down.
    public static let clientShutDown = Self("ClientShutDown")
    /// The task was canceled.
    public static let cancelled = Self("Cancelled")
}

extension R2Error.Code {
    static let notFound: Set<Self> = [
        .noSuchKey, .noSuchBucket, .noSuchUpload, .noSuchCORSConfiguration, .noSuchLifecycleConfiguration,
    ]

    /// The codes of temporary errors, including those in the body of a response with status 200.
    static let transient: Set<Self> = [
        .tooManyRequests, .slowDown, .internalError, .serviceUnavailable, .requestTimeout, .connectionFailed, .timedOut,
        .incompleteBody, .incompleteResponse, Self("TooMuchConcurrency"), Self("ClientDisconnect"),
    ]

    /// The codes of permanent errors, whatever their status.
    static let permanent: Set<Self> = [.notImplemented, .cancelled, .invalidResponse]

    var advice: String? {
        switch self {
        case .signatureDoesNotMatch:
            "Check the secret access key, and that no proxy changes the request's path or headers."
        case .requestTimeTooSkewed: "Set this machine's clock."
        case .expiredRequest: "Sign the request again, and check this machine's clock."
        case .expiredToken: "Request new temporary credentials."
        case .accessDenied:
            "Check that the credentials allow the operation on this bucket and key, and that the secret belongs to "
                + "the access key."
        case .unauthorized, .invalidAccessKeyID: "Check the access key ID, and that its token hasn't been revoked."
        case .authorizationHeaderMalformed, .invalidRegionName:
            "Check the region: R2 uses \"auto\", and another server's message names its own."
        case .permanentRedirect: "Check the endpoint and the region."
        case .noSuchBucket: "Check the bucket's name, the account, and the jurisdiction."
        case .noSuchUpload:
            "It was completed or aborted, or the ID belongs to another key. Check the object before starting a new upload."
        case .invalidPart:
            "List the parts: all but the last must have the same size, and the ETags that R2 returned."
        case .entityTooLarge: "Upload the object in parts (see PartPlan)."
        case .tooManyRequests: "Retry after a delay. R2 allows one write per second to the same key."
        case .badDigest, .contentSHA256Mismatch:
            "Send the body again. It was changed on the way, or the checksum belongs to another body."
        default: nil
        }
    }
}
