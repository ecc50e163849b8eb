#if Storage
public import R2Kit

/// How a download is done.
public struct DownloadOptions: Sendable {
    /// The version that is wanted; the one that is there if `nil`.
    ///
    /// All of a download is of one version in either case.
    public var version: ETag?
    /// The key that the object is encrypted with, if it was brought along.
    public var customerKey: CustomerKey?
    /// How many bytes are asked for at a time, from 64 KiB to 1 GiB; what was begun and not finished is lost to a
    /// resumed download to a file.
    public var rangeLength: Int64
    /// How many ranges are fetched at the same time, from 1 to 256.
    public var concurrency: Int
    /// What is left of a download to a file that fails or is cancelled.
    public var onFailure: FailurePolicy

    /// Combines options.
    public init(
        version: ETag? = nil, customerKey: CustomerKey? = nil, rangeLength: Int64 = 8 * 1024 * 1024,
        concurrency: Int = 8, onFailure: FailurePolicy = .abort
    ) {
        self.version = version
        self.customerKey = customerKey
        self.rangeLength = rangeLength
        self.concurrency = concurrency
        self.onFailure = onFailure
    }

    /// The options with which downloads are resumed: what has been fetched stays if it fails again.
    public static var resuming: DownloadOptions { DownloadOptions(onFailure: .keepForResume) }

    func check() throws(TransferError) {
        guard (1...256).contains(concurrency) else {
            throw TransferError(.invalidOptions, "1 to 256 ranges are fetched at the same time, not \(concurrency)")
        }
        guard DownloadRanges.lengths.contains(rangeLength) else {
            throw TransferError(.invalidOptions, "a range has 64 KiB to 1 GiB, not \(rangeLength) bytes")
        }
    }
}
#endif
