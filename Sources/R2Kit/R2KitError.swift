#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Why a value was refused, or a URL not signed.
///
/// Nothing has been signed, sent or stored when it is thrown. The message says what was expected and what to do; it
/// never holds a secret or a signature.
public struct R2KitError: Error, Sendable, Hashable {
    /// What kind of thing was wrong.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name, such as `invalidObjectKey`.
        public let description: String

        init(_ name: String) { description = name }
    }

    /// What kind of thing was wrong.
    public let code: Code
    /// What was expected, and what to do.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension R2KitError.Code {
    /// A key that is empty, too long, or holds a control byte or an empty, `.` or `..` segment.
    public static let invalidObjectKey = Self("invalidObjectKey")
    /// A bucket name against R2's naming rules.
    public static let invalidBucketName = Self("invalidBucketName")
    /// An account id that is not 32 hexadecimal digits.
    public static let invalidAccountID = Self("invalidAccountID")
    /// A jurisdiction that cannot be part of a host name.
    public static let invalidJurisdiction = Self("invalidJurisdiction")
    /// An endpoint that is no absolute http(s) URL of a host, or plain http where that is not allowed.
    public static let invalidEndpoint = Self("invalidEndpoint")
    /// A custom domain or an `r2.dev` address where R2's S3 API is needed.
    public static let customDomain = Self("customDomain")
    /// A region that R2 does not take, or that cannot stand in a credential scope.
    public static let invalidRegion = Self("invalidRegion")
    /// An access key or session token that is empty or holds white space or control characters.
    public static let invalidCredentials = Self("invalidCredentials")
    /// A lifetime outside 1 to 604,800 seconds.
    public static let invalidLifetime = Self("invalidLifetime")
    /// A URL that would be valid for longer than the credentials that sign it.
    public static let outlivesCredentials = Self("outlivesCredentials")
    /// Temporary credentials that have ended.
    public static let expiredCredentials = Self("expiredCredentials")
    /// An instant before 1970 or after the year 9999.
    public static let invalidTime = Self("invalidTime")
    /// A query parameter or header that begins with `X-Amz-`, or that the signer sets.
    public static let reservedName = Self("reservedName")
    /// A header value that is empty or holds something other than printable ASCII.
    public static let invalidHeaderValue = Self("invalidHeaderValue")
    /// A method that R2 does not accept in a presigned URL.
    public static let unsupportedMethod = Self("unsupportedMethod")
    /// A content length that is negative or over the limit of one request.
    public static let invalidContentLength = Self("invalidContentLength")
    /// Conditions that exclude each other.
    public static let conflictingConditions = Self("conflictingConditions")
    /// A checksum whose length does not fit its algorithm, or that is no base64.
    public static let invalidChecksum = Self("invalidChecksum")
    /// A checksum algorithm that R2 does not take for this operation.
    public static let unsupportedChecksum = Self("unsupportedChecksum")
    /// An entity tag with characters that an entity tag cannot have.
    public static let invalidETag = Self("invalidETag")
    /// User metadata with a name or value that cannot be sent as it is, or more than 8,192 bytes of it.
    public static let invalidMetadata = Self("invalidMetadata")
    /// A file name that is empty or holds a control character.
    public static let invalidFilename = Self("invalidFilename")
    /// An upload id that is empty or holds anything but visible ASCII.
    public static let invalidUploadID = Self("invalidUploadID")
    /// A part number outside 1 to 10,000.
    public static let invalidPartNumber = Self("invalidPartNumber")
    /// A size that cannot be divided into parts within R2's limits.
    public static let invalidPartPlan = Self("invalidPartPlan")
    /// A CORS rule that R2 would refuse.
    public static let invalidCORSRule = Self("invalidCORSRule")
    /// A lifecycle rule that R2 would refuse.
    public static let invalidLifecycleRule = Self("invalidLifecycleRule")
    /// A range of bytes that is empty or negative.
    public static let invalidRange = Self("invalidRange")
    /// A list asked for with a page size outside 1 to 1,000, or a place to begin that cannot be one.
    public static let invalidListing = Self("invalidListing")
    /// No objects or more than 1,000 in one deletion, or none or too many parts in one completion.
    public static let invalidCount = Self("invalidCount")
    /// An encryption key that has not 32 bytes.
    public static let invalidEncryptionKey = Self("invalidEncryptionKey")
    /// Session credentials asked for with values that R2 would refuse.
    public static let invalidSessionRequest = Self("invalidSessionRequest")
    /// An edge token's path, parameter name or key that cannot be used.
    public static let invalidEdgeToken = Self("invalidEdgeToken")
}

extension R2KitError: CustomStringConvertible, LocalizedError {
    /// The code and the message.
    public var description: String { "\(code): \(message)" }
    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}
