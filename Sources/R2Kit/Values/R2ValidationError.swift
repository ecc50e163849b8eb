#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An error that R2Kit throws before it signs or sends anything, because a value isn't valid.
///
/// ``R2Error`` is the other one: the error that R2 itself reports. The message says what was expected and what to do.
/// It never contains a secret or a signature.
public struct R2ValidationError: Error, Sendable, Hashable {
    /// The kind of a validation error.
    ///
    /// An open set: later versions may add codes.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's stable name, such as `invalidObjectKey`.
        public let description: String

        init(_ name: String) { description = name }
    }

    /// The kind of error.
    public let code: Code
    /// A sentence that says what was expected and what to do.
    public let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension R2ValidationError.Code {
    /// An object key is empty, too long, or contains a control character or an empty, `.` or `..` segment.
    public static let invalidObjectKey = Self("invalidObjectKey")
    /// A bucket name breaks R2's naming rules.
    public static let invalidBucketName = Self("invalidBucketName")
    /// An account ID isn't 32 hexadecimal digits.
    public static let invalidAccountID = Self("invalidAccountID")
    /// A jurisdiction can't be part of a host name.
    public static let invalidJurisdiction = Self("invalidJurisdiction")
    /// An endpoint isn't an absolute URL of a host, or uses plain HTTP where that isn't allowed.
    public static let invalidEndpoint = Self("invalidEndpoint")
    /// A custom domain or an `r2.dev` address is used where R2's S3 API is needed.
    public static let customDomain = Self("customDomain")
    /// A region isn't one of R2's, or can't be part of a credential scope.
    public static let invalidRegion = Self("invalidRegion")
    /// An access key or session token is empty, or contains whitespace or control characters.
    public static let invalidCredentials = Self("invalidCredentials")
    /// A lifetime is outside 1 to 604,800 seconds, or isn't a whole number of seconds.
    public static let invalidLifetime = Self("invalidLifetime")
    /// A URL would be valid for longer than the credentials that sign it.
    public static let outlivesCredentials = Self("outlivesCredentials")
    /// Temporary credentials have expired.
    public static let expiredCredentials = Self("expiredCredentials")
    /// A date is outside the years that its form can express.
    public static let invalidTime = Self("invalidTime")
    /// The signer sets a query parameter or header itself, or its name starts with `X-Amz-`.
    public static let reservedName = Self("reservedName")
    /// A header's value is empty, or contains anything but printable ASCII.
    public static let invalidHeaderValue = Self("invalidHeaderValue")
    /// R2 doesn't support a method in a presigned URL.
    public static let unsupportedMethod = Self("unsupportedMethod")
    /// R2 would perform another operation than the one that a request's parameters or headers name.
    public static let misroutedRequest = Self("misroutedRequest")
    /// A content length is negative, or above the limit of one request.
    public static let invalidContentLength = Self("invalidContentLength")
    /// Two conditions exclude each other.
    public static let conflictingConditions = Self("conflictingConditions")
    /// A checksum isn't Base64, or has the wrong length for its algorithm.
    public static let invalidChecksum = Self("invalidChecksum")
    /// R2 doesn't support a checksum algorithm for an operation.
    public static let unsupportedChecksum = Self("unsupportedChecksum")
    /// An ETag contains characters that an ETag can't have, or is weak.
    public static let invalidETag = Self("invalidETag")
    /// User metadata has a name or value that can't be sent unchanged, or is longer than 8,192 bytes.
    public static let invalidMetadata = Self("invalidMetadata")
    /// A filename is empty, or contains a control character.
    public static let invalidFilename = Self("invalidFilename")
    /// An upload ID is empty, or contains anything but visible ASCII.
    public static let invalidUploadID = Self("invalidUploadID")
    /// A part number is outside 1 to 10,000.
    public static let invalidPartNumber = Self("invalidPartNumber")
    /// A size can't be divided into parts within R2's limits.
    public static let invalidPartPlan = Self("invalidPartPlan")
    /// R2 would reject a CORS rule.
    public static let invalidCORSRule = Self("invalidCORSRule")
    /// R2 would reject a lifecycle rule.
    public static let invalidLifecycleRule = Self("invalidLifecycleRule")
    /// A byte range is empty or negative.
    public static let invalidRange = Self("invalidRange")
    /// A list has a page size outside 1 to 1,000, or a starting point that isn't valid.
    public static let invalidListing = Self("invalidListing")
    /// A deletion has no objects or more than 1,000, or a completion has no parts or more than 10,000.
    public static let invalidCount = Self("invalidCount")
    /// An encryption key doesn't have 32 bytes.
    public static let invalidEncryptionKey = Self("invalidEncryptionKey")
    /// Temporary credentials are requested with a scope or a parent that R2 would reject.
    public static let invalidTemporaryCredentials = Self("invalidTemporaryCredentials")
    /// An edge token's path, parameter name or secret isn't valid.
    public static let invalidEdgeToken = Self("invalidEdgeToken")
}

extension R2ValidationError: CustomStringConvertible, LocalizedError {
    /// The code and the message.
    public var description: String { "\(code): \(message)" }
    /// The same as the description, for `localizedDescription`.
    public var errorDescription: String? { description }
}
