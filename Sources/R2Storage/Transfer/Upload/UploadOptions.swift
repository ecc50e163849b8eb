#if Storage
public import R2Kit

/// The options of an upload.
///
/// An upload of a file uses up to 1 MiB of memory for each part being sent. An upload of a stream uses ``partLength``
/// bytes for each part, which is 8 × 8 MiB = 64 MiB by default, and one chunk of the stream.
public struct UploadOptions: Sendable {
    /// The properties to store with the object, such as its content type.
    public var properties: ObjectProperties
    /// The storage class, or `nil` for the bucket's default.
    public var storageClass: StorageClass?
    /// The customer-provided key to encrypt the object with.
    public var customerKey: SSECustomerKey?
    /// The precondition on the object that the key has now, or `nil` to overwrite it.
    ///
    /// For an upload in parts, R2 checks the precondition at completion, after every byte has been sent, and aborts the
    /// upload if it doesn't hold.
    public var precondition: ObjectPrecondition?
    /// The checksum to send with each part for R2 to verify.
    ///
    /// MD5, CRC-32, or CRC-32C. `nil` sends none.
    ///
    /// With a checksum, the upload reads a file twice.
    public var checksum: Checksum.Algorithm?
    /// The maximum size, in bytes, of a file or of bytes in memory that is sent in a single request.
    ///
    /// At most 5 GiB minus 5 MiB. A stream is sent in a single request if it fits in one part.
    public var multipartThreshold: Int64
    /// The size of each part, in bytes: at least 5 MiB, and at most 1 GiB for a stream.
    ///
    /// If `nil`, parts have 8 MiB, or as many whole MiB as needed to stay within 10,000 parts: see `PartPlan`. R2
    /// requires parts of equal size, so the size can't change during an upload.
    public var partLength: Int64?
    /// The maximum size, in bytes, of a stream of unknown length.
    ///
    /// Determines its part size.
    ///
    /// If `nil`, the maximum is 10,000 parts: 78 GiB (80,000 MiB) with parts of 8 MiB.
    public var maximumStreamLength: Int64?
    /// The number of parts to send at the same time, from 1 to 256.
    public var concurrency: Int
    /// The policy for the parts of an upload that fails or is cancelled.
    public var onFailure: FailurePolicy
    /// The time limit for aborting the upload after a failure.
    ///
    /// The same limit applies to an upload that is cancelled before R2 has returned its ID, which the abort needs.
    public var abortTimeLimit: Duration
    /// A Boolean value that indicates whether a file whose modification time changes counts as unchanged.
    ///
    /// Set it for file systems that move the time by themselves, such as some network file systems. A file that changes
    /// during the upload without changing its size isn't noticed then. A resumed upload reads the file from the start,
    /// and compares it with the MD5 digests of the parts in R2.
    public var ignoresModificationTime: Bool

    /// Creates options.
    /// - Parameters:
    ///   - properties: The properties to store with the object.
    ///   - storageClass: The storage class, or `nil` for the bucket's default.
    ///   - customerKey: The customer-provided key to encrypt the object with.
    ///   - precondition: The precondition on the object that the key has now, or `nil` to overwrite it.
    ///   - checksum: The checksum to send with each part: `.md5`, `.crc32`, or `.crc32c`.
    ///   - multipartThreshold: The maximum size of content sent in a single request, in bytes.
    ///   - partLength: The size of each part, in bytes.
    ///   - maximumStreamLength: The maximum size of a stream of unknown length, in bytes.
    ///   - concurrency: The number of parts to send at the same time, from 1 to 256.
    ///   - onFailure: The policy for the parts of an upload that fails or is cancelled.
    ///   - abortTimeLimit: The time limit for aborting the upload after a failure.
    ///   - ignoresModificationTime: A Boolean value that indicates whether a file whose modification time changes
    ///     counts as unchanged.
    public init(
        properties: ObjectProperties = ObjectProperties(), storageClass: StorageClass? = nil,
        customerKey: SSECustomerKey? = nil, precondition: ObjectPrecondition? = nil,
        checksum: Checksum.Algorithm? = nil, multipartThreshold: Int64 = 16 * 1024 * 1024, partLength: Int64? = nil,
        maximumStreamLength: Int64? = nil, concurrency: Int = 8, onFailure: FailurePolicy = .abort,
        abortTimeLimit: Duration = .seconds(10), ignoresModificationTime: Bool = false
    ) {
        self.properties = properties
        self.storageClass = storageClass
        self.customerKey = customerKey
        self.precondition = precondition
        self.checksum = checksum
        self.multipartThreshold = multipartThreshold
        self.partLength = partLength
        self.maximumStreamLength = maximumStreamLength
        self.concurrency = concurrency
        self.onFailure = onFailure
        self.abortTimeLimit = abortTimeLimit
        self.ignoresModificationTime = ignoresModificationTime
    }

    /// The default options for resuming an upload, which keep the uploaded parts if it fails again.
    public static var resuming: UploadOptions { UploadOptions(onFailure: .keepForResume) }

    /// Throws before anything is sent if an option is out of range.
    func validate() throws(TransferError) {
        guard (1...256).contains(concurrency) else {
            throw TransferError(.invalidOptions, "Invalid concurrency: expected 1 to 256 parts, not \(concurrency).")
        }
        guard (0...PartPlan.maximumPartLength).contains(multipartThreshold) else {
            throw TransferError(
                .invalidOptions,
                "Invalid multipartThreshold: expected 0 to \(PartPlan.maximumPartLength) bytes (5 GiB minus 5 MiB), "
                    + "got \(multipartThreshold).")
        }
        if let checksum, ContentDigest(checksum) == nil {
            throw TransferError(
                .invalidOptions, "Unsupported checksum \(checksum): use .crc32, .crc32c, or .md5.")
        }
    }
}
#endif
