#if Storage
public import NIOCore
public import R2Kit

/// The options of a download.
public struct DownloadOptions: Sendable {
    /// The ETag that the object must have, or `nil` to download the current object.
    ///
    /// In either case, the whole download is of one version of the object.
    public var etag: ETag?
    /// The customer-provided key that the object is encrypted with.
    public var customerKey: SSECustomerKey?
    /// The number of bytes to request at a time, from 64 KiB to 1 GiB.
    ///
    /// A resumed download to a file fetches unfinished ranges again from their start.
    public var rangeLength: Int64
    /// The number of ranges to fetch at the same time, from 1 to 256.
    public var concurrency: Int
    /// The policy for the partial file of a download that fails or is cancelled.
    public var onFailure: FailurePolicy

    /// Creates options.
    /// - Parameters:
    ///   - etag: The ETag that the object must have, or `nil` to download the current object.
    ///   - customerKey: The customer-provided key that the object is encrypted with.
    ///   - rangeLength: The number of bytes to request at a time, from 64 KiB to 1 GiB.
    ///   - concurrency: The number of ranges to fetch at the same time, from 1 to 256.
    ///   - onFailure: The policy for the partial file of a download that fails or is cancelled.
    public init(
        etag: ETag? = nil, customerKey: SSECustomerKey? = nil, rangeLength: Int64 = 8 * 1024 * 1024,
        concurrency: Int = 8, onFailure: FailurePolicy = .abort
    ) {
        self.etag = etag
        self.customerKey = customerKey
        self.rangeLength = rangeLength
        self.concurrency = concurrency
        self.onFailure = onFailure
    }

    /// The default options for resuming a download, which keep the partial file if it fails again.
    public static var resuming: DownloadOptions { DownloadOptions(onFailure: .keepForResume) }

    /// Throws before anything is requested if an option is out of range.
    func validate() throws(TransferError) {
        guard (1...256).contains(concurrency) else {
            throw TransferError(.invalidOptions, "Invalid concurrency: expected 1 to 256 ranges, not \(concurrency).")
        }
        guard DownloadRanges.lengths.contains(rangeLength) else {
            throw TransferError(
                .invalidOptions, "Invalid rangeLength: expected 64 KiB to 1 GiB, not \(rangeLength) bytes.")
        }
    }
}

/// The target of a download: a file, or a closure that receives the content in chunks.
public struct DownloadTarget: Sendable {
    enum Form: Sendable {
        case file(LocalPath, isReplaceable: Bool)
        case sink(@Sendable (ByteBuffer) async throws -> Void)
    }

    let form: Form

    /// Returns a target that writes a file, which replaces an existing regular file and keeps its permissions.
    ///
    /// The download writes to a partial file in the same directory (`.r2-….part`). When the content is complete and
    /// flushed to the device, the partial file is renamed. So the path always has the old file or the complete new one.
    /// A file whose owner or group the process can't keep gets no wider permissions than before.
    ///
    /// A symbolic link stays, and the file that it names is replaced. The download fails with the code `targetFailed`
    /// before it requests anything if the path names a directory, a device, a named pipe or a socket, if the system
    /// lets no one replace the file, or if its folder doesn't exist or can't be written. It fails before it requests
    /// any content if the file system refuses the name or the size, with the code `diskFull` if there is no space.
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - replacesExisting: A Boolean value that indicates whether the download may replace a file. If not, it fails
    ///     with the code `targetFailed` if a file exists at its start, or was created before its end.
    /// - Returns: The target.
    public static func file(_ path: String, replacesExisting: Bool = true) -> DownloadTarget {
        .file(LocalPath(path), replacesExisting: replacesExisting)
    }

    /// Returns a target that writes a file whose path may not be UTF-8.
    ///
    /// See ``file(_:replacesExisting:)``.
    /// - Parameters:
    ///   - bytes: The bytes of the path, without a zero byte.
    ///   - replacesExisting: A Boolean value that indicates whether the download may replace a file.
    /// - Returns: The target.
    public static func file(
        pathBytes bytes: some Sequence<UInt8>, replacesExisting: Bool = true
    ) -> DownloadTarget {
        .file(LocalPath(bytes: bytes), replacesExisting: replacesExisting)
    }

    package static func file(_ path: LocalPath, replacesExisting: Bool = true) -> DownloadTarget {
        DownloadTarget(form: .file(path, isReplaceable: replacesExisting))
    }

    /// Returns a target that passes the content to a closure in order, one chunk at a time.
    ///
    /// Ranges that arrive early are held in memory: up to `rangeLength` times `concurrency` bytes, which is 64 MiB by
    /// default. While the closure is busy, the download fetches no more than that.
    /// - Parameter write: The closure that receives the chunks. The download fails if it throws an error.
    /// - Returns: The target.
    public static func sink(_ write: @escaping @Sendable (ByteBuffer) async throws -> Void) -> DownloadTarget {
        DownloadTarget(form: .sink(write))
    }
}
#endif
