#if Emulator
// The refusals of operations, each with R2's status, code and message. Refusals of authentication are elsewhere.
// "Observed" rules were captured from a real bucket. "Documented" rules are in Cloudflare's documentation. A message
// marked as unsettled is this emulator's own, because no source quotes R2's.
extension Refusal {
    // MARK: Absence

    /// R2 (observed).
    static let noSuchBucket = Refusal(
        status: 404, code: "NoSuchBucket", message: "The specified bucket does not exist.")
    /// R2 (observed).
    static let noSuchKey = Refusal(status: 404, code: "NoSuchKey", message: "The specified key does not exist.")
    /// R2 (observed).
    static let noSuchUpload = Refusal(
        status: 404, code: "NoSuchUpload", message: "The specified multipart upload does not exist.")
    /// R2 (observed), for a method or a part number that no route has.
    static let routeNotFound = Refusal(status: 404, code: "RouteNotFound", message: "No route matches this url.")
    /// R2 (observed), as are the two after it.
    static let noSuchTagSet = Refusal(status: 404, code: "NoSuchTagSet", message: "The TagSet does not exist.")
    static let noObjectLock = Refusal(
        status: 404, code: "ObjectLockConfigurationNotFoundError",
        message: "Object Lock configuration does not exist for this bucket.")
    static let noReplication = Refusal(
        status: 404, code: "ReplicationConfigurationNotFoundError",
        message: "The replication configuration was not found.")
    /// Unsettled: the code is AWS's.
    ///
    /// The message is that of Cloudflare's own API.
    static let noSuchCORS = Refusal(
        status: 404, code: "NoSuchCORSConfiguration", message: "The CORS configuration does not exist.")
    /// Unsettled: the message is AWS's.
    static let noSuchLifecycle = Refusal(
        status: 404, code: "NoSuchLifecycleConfiguration", message: "The lifecycle configuration does not exist")

    // MARK: Conditions and ranges

    /// R2 (observed).
    static let preconditionFailed = Refusal(
        status: 412, code: "PreconditionFailed",
        message: "At least one of the pre-conditions you specified did not hold.")
    /// R2 (observed).
    ///
    /// The message has no full stop.
    static let invalidRange = Refusal(
        status: 416, code: "InvalidRange", message: "The requested range is not satisfiable")

    // MARK: Parts

    /// R2 (observed).
    static let partNotFound = Refusal(
        status: 400, code: "InvalidPart", message: "One or more of the specified parts could not be found.")
    /// R2 (observed), for a number that appears twice.
    static let partRepeated = Refusal(
        status: 400, code: "InvalidPart", message: "There was a problem with the multipart upload.")
    /// R2 (live reports).
    static let unequalParts = Refusal(
        status: 400, code: "InvalidPart", message: "All non-trailing parts must have the same length.")
    /// R2 (observed).
    static let entityTooSmall = Refusal(
        status: 400, code: "EntityTooSmall",
        message: "Your proposed upload is smaller than the minimum allowed object size.")
    /// R2 (observed).
    static let partNumber = Refusal.invalidArgument(
        "Part number must be an integer between 1 and 10000, inclusive.")

    // MARK: Bodies

    /// R2 (observed).
    static let entityTooLarge = Refusal(
        status: 400, code: "EntityTooLarge", message: "Your proposed upload exceeds the maximum allowed object size.")
    /// R2 (observed).
    static let invalidDigest = Refusal(
        status: 400, code: "InvalidDigest", message: "The checksum or Content-MD5 you specified is not valid.")
    /// R2 (documented).
    ///
    /// Unsettled: the message is AWS's.
    static let incompleteBody = Refusal(
        status: 400, code: "IncompleteBody",
        message: "You did not provide the number of bytes specified by the Content-Length HTTP header")
    /// R2 (observed).
    ///
    /// The message is AWS's usual one.
    static let malformedXML = Refusal(
        status: 400, code: "MalformedXML",
        message: "The XML you provided was not well formed or did not validate against our published schema.")

    /// R2 (observed), in three lines, with digits in hexadecimal.
    static func badDigest(_ algorithm: String, expected: String, actual: String) -> Refusal {
        Refusal(
            status: 400, code: "BadDigest",
            message: "The \(algorithm) checksum you specified did not match what we received.\n"
                + "You provided a \(algorithm) checksum with value: \(expected)\nActual \(algorithm) was: \(actual)")
    }

    // MARK: Names and settings

    /// R2 (documented).
    ///
    /// Unsettled: the message is AWS's.
    static let invalidBucketName = Refusal(
        status: 400, code: "InvalidBucketName", message: "The specified bucket name is not valid.")
    /// R2 (observed), for a key over 1,024 bytes.
    ///
    /// Unsettled: also for one that isn't UTF-8.
    static let invalidObjectName = Refusal(
        status: 400, code: "InvalidObjectName", message: "The specified object name is not valid.")
    /// R2 (observed).
    static let metadataTooLarge = Refusal(
        status: 400, code: "MetadataTooLarge",
        message: "Your metadata headers exceed the maximum allowed metadata size.")
    /// R2 (observed).
    static let invalidStorageClass = Refusal(
        status: 400, code: "InvalidStorageClass", message: "The storage class specified is not valid.")
    /// R2 (observed).
    static let invalidMaxKeys = Refusal(
        status: 400, code: "InvalidMaxKeys", message: "MaxKeys params must be positive integer <= 1000.")
    /// R2 (documented).
    ///
    /// Unsettled: the message is AWS's.
    static let bucketNotEmpty = Refusal(
        status: 409, code: "BucketNotEmpty", message: "The bucket you tried to delete is not empty.")
    /// Unsettled: code and message are AWS's.
    static let bucketExists = Refusal(
        status: 409, code: "BucketAlreadyOwnedByYou",
        message: "Your previous request to create the named bucket succeeded and you already own it.")
    /// Unsettled: code and message are AWS's.
    static let invalidLocation = Refusal(
        status: 400, code: "InvalidLocationConstraint", message: "The specified location constraint is not valid.")
    /// R2 (observed).
    static let notEncrypted = Refusal.invalidRequest(
        "The encryption parameters are not applicable to this object.")
    /// R2 (observed).
    ///
    /// The message is AWS's.
    static let encryptionAlgorithm = Refusal(
        status: 400, code: "InvalidEncryptionAlgorithmError",
        message: "The encryption request that you specified is not valid. The valid value is AES256.")

    // MARK: Gaps of R2

    /// R2 (observed): `NAME not implemented`, with the name of an operation or a parameter.
    static func notImplemented(_ name: String) -> Refusal {
        Refusal(status: 501, code: "NotImplemented", message: "\(name) not implemented")
    }

    /// R2 (observed).
    static func notImplemented(header: String, _ value: String) -> Refusal {
        notImplemented("Header '\(header)' with value '\(value)'")
    }

    /// R2 (live reports), for the POST of an HTML form.
    ///
    /// Unsettled: an earlier capture has the message with a second "not implemented" at its end.
    static let formNotImplemented = Refusal(
        status: 501, code: "NotImplemented", message: "Presigned post requests are not yet implemented")

    // MARK: Load

    /// R2 (documented): one write a second to a key.
    ///
    /// Unsettled: the message.
    static let tooManyRequests = Refusal(
        status: 429, code: "TooManyRequests",
        message: "Reduce your concurrent request rate for the same object.")
    /// The emulator's own: its memory is full.
    static let storageFull = Refusal(
        status: 507, code: "EmulatorStorageFull",
        message: "The emulator's memory limit is reached. Raise it, or store objects in a directory.")
    /// R2 (documented).
    static let internalError = Refusal(
        status: 500, code: "InternalError", message: "We encountered an internal error. Please try again.")
}
#endif
