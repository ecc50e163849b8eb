#if Emulator
extension R2Emulator {
    /// R2's limits, which tests can scale down.
    ///
    /// Source: R2 "Limits".
    public struct Limits: Sendable {
        /// The maximum length of an object, in bytes.
        public var maximumObjectLength: Int64 = 5_497_558_138_880 - 5_368_709_120
        /// The maximum length of the body of one PUT, of a part, of a copied part, and of a copied object, in bytes.
        ///
        /// Unsettled: the last. No source says whether R2 copies a longer object.
        public var maximumPutLength: Int64 = 5_363_466_240
        /// The minimum length of all parts but the last, in bytes.
        public var minimumPartLength: Int64 = 5_242_880
        /// The maximum number of a part.
        public var maximumPartNumber = 10_000
        /// The maximum number of entries of a page of a list, and of keys in one `DeleteObjects`.
        public var maximumPageLength = 1000
        /// The maximum size of the user metadata, in bytes.
        public var maximumMetadataLength = 8192
        /// The maximum length of a key, in bytes of UTF-8.
        public var maximumKeyLength = 1024
        /// The time after which the lifecycle rule that every new bucket has aborts an unfinished multipart upload.
        ///
        /// Other rules count in days.
        public var uploadLifetime: Duration = .seconds(7 * 86_400)
        /// The maximum size of an XML document that a request sends, in bytes.
        ///
        /// R2's own isn't documented. 10,000 parts need about 1 MiB.
        public var maximumDocumentLength = 4 * 1024 * 1024

        /// Creates R2's own limits.
        public init() {}
    }
}
#endif
