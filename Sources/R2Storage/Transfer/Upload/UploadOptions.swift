#if Storage
public import R2Kit

/// How an upload is done.
///
/// A file takes up to 1 MiB of memory for each part that is being sent; a stream ``partLength`` for each:
/// with the defaults 8 × 8 MiB, which is 64 MiB, and one chunk of the stream.
public struct UploadOptions: Sendable {
    /// What is kept with the object, such as its content type.
    public var properties: ObjectProperties
    /// The storage class; the bucket's if `nil`.
    public var storageClass: StorageClass?
    /// A key of one's own to encrypt the object with.
    public var customerKey: CustomerKey?
    /// What must hold of the object under the key.
    ///
    /// Of an upload in parts R2 looks at it when it is completed, after every byte has been sent, and aborts the upload
    /// if it does not hold.
    public var condition: UploadCondition?
    /// The checksum that is sent along with each part, for R2 to check: MD5, CRC-32 or CRC-32C; none if `nil`.
    ///
    /// A file is read twice for it.
    public var checksum: Checksum.Algorithm?
    /// A file, or bytes at hand, of up to so many bytes is sent in one request; at most 5 GiB less 5 MiB.
    ///
    /// A stream is sent in one request if it fits in one part.
    public var multipartThreshold: Int64
    /// The size of the parts in bytes, from 5 MiB; of a stream up to 1 GiB.
    ///
    /// If `nil` it is 8 MiB, or as many whole MiB as it takes to stay within 10,000 parts: see `PartPlan`. R2 wants
    /// parts of one size, so that it cannot grow on the way.
    public var partLength: Int64?
    /// How long a stream of unknown length may become, in bytes, from which its part size follows.
    ///
    /// If `nil`, 10,000 parts: 78 GiB (80,000 MiB) with parts of 8 MiB.
    public var maximumStreamLength: Int64?
    /// How many parts are sent at the same time, from 1 to 256.
    public var concurrency: Int
    /// What is left of an upload in parts that fails or is cancelled.
    public var onFailure: FailurePolicy
    /// How long aborting may take after a failure, before it is given up.
    ///
    /// As long is waited for the id of an upload that is cancelled while it begins: without it nothing can be aborted.
    public var abortTimeLimit: Duration

    /// Combines options; what is left out is not sent, or has its default.
    public init(
        properties: ObjectProperties = ObjectProperties(), storageClass: StorageClass? = nil,
        customerKey: CustomerKey? = nil, condition: UploadCondition? = nil, checksum: Checksum.Algorithm? = nil,
        multipartThreshold: Int64 = 16 * 1024 * 1024, partLength: Int64? = nil, maximumStreamLength: Int64? = nil,
        concurrency: Int = 8, onFailure: FailurePolicy = .abort, abortTimeLimit: Duration = .seconds(10)
    ) {
        self.properties = properties
        self.storageClass = storageClass
        self.customerKey = customerKey
        self.condition = condition
        self.checksum = checksum
        self.multipartThreshold = multipartThreshold
        self.partLength = partLength
        self.maximumStreamLength = maximumStreamLength
        self.concurrency = concurrency
        self.onFailure = onFailure
        self.abortTimeLimit = abortTimeLimit
    }

    /// The options with which uploads are resumed: what was sent stays if it fails again.
    public static var resuming: UploadOptions { UploadOptions(onFailure: .keepForResume) }

    /// Refuses what R2 would refuse later.
    func check() throws(TransferError) {
        guard (1...256).contains(concurrency) else {
            throw TransferError(.invalidOptions, "1 to 256 parts are sent at the same time, not \(concurrency)")
        }
        guard (0...PartPlan.maximumPartLength).contains(multipartThreshold) else {
            throw TransferError(
                .invalidOptions,
                "one request takes 0 to \(PartPlan.maximumPartLength) bytes (5 GiB less 5 MiB): a multipartThreshold "
                    + "of \(multipartThreshold) is none")
        }
        if let checksum, ContentDigest(checksum) == nil {
            throw TransferError(
                .invalidOptions, "\(checksum) is not sent with parts: use .crc32, .crc32c or .md5")
        }
    }
}

/// What must hold of the object under an upload's key, or nothing is stored.
public enum UploadCondition: Sendable, Hashable {
    /// There is no object.
    case ifAbsent
    /// The object is this version.
    case ifMatch(ETag)

    var objectConditions: ObjectConditions { ObjectConditions(ifMatch: ifMatch, ifNoneMatch: ifNoneMatch) }

    var ifMatch: ObjectConditions.Tag? {
        if case .ifMatch(let tag) = self { .tag(tag) } else { nil }
    }

    var ifNoneMatch: ObjectConditions.Tag? { self == .ifAbsent ? .any : nil }
}
#endif
