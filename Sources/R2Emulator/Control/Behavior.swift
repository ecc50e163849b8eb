#if Emulator
extension R2Emulator {
    /// Choices where no source settles what R2 does, and behaviors that tests turn on.
    public struct Behavior: Sendable {
        /// A Boolean value that indicates whether a second write to a key within a second gets status 429.
        ///
        /// R2 documents this limit. It is off by default, because it slows tests down.
        public var limitsWritesToOnePerSecond = false
        /// A Boolean value that indicates whether a repeated `CompleteMultipartUpload` succeeds.
        ///
        /// R2 responds with `NoSuchUpload`. Other servers repeat their first response.
        public var repeatsCompletions = false
        /// A Boolean value that indicates whether `If-Unmodified-Since` holds for an object that was stored in exactly
        /// that second.
        ///
        /// Unsettled: HTTP and R2's release notes say so, an implementation of R2's rules says no.
        public var unmodifiedSinceIncludesItsSecond = true
        /// A Boolean value that indicates whether `CompleteMultipartUpload` obeys conditions.
        ///
        /// If so, a condition that fails aborts the upload.
        ///
        /// Unsettled: R2's release notes say so, its compatibility table doesn't list them.
        public var completionObeysConditions = true
        /// A Boolean value that indicates whether `UploadPart` accepts `x-amz-server-side-encryption: AES256`.
        ///
        /// Unsettled: a report from a live bucket says so, a capture of R2's rules says no.
        public var partsAcceptEncryptionHeader = true
        /// A Boolean value that indicates whether `ListParts` needs a `partNumber` parameter.
        ///
        /// Unsettled: R2's documentation and years of clients say no, a capture of R2's rules says so.
        public var listPartsNeedsPartNumber = false

        /// A Boolean value that indicates whether every `x-amz-*` header must be signed, as AWS requires.
        ///
        /// Unsettled: a capture of R2's rules says no.
        public var requiresSignedAmzHeaders = false
        /// A Boolean value that indicates whether a URL is refused until the date at which it was signed, as AWS does.
        ///
        /// Unsettled: a capture of R2's rules says no.
        public var refusesFutureURLs = false

        /// The settings of authentication.
        var authentication: Authenticator.Settings {
            Authenticator.Settings(
                requiresSignedAmzHeaders: requiresSignedAmzHeaders, refusesFutureURLs: refusesFutureURLs)
        }

        /// Creates the default behavior.
        public init() {}
    }
}
#endif
