#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// The requests of one download, and the state they share.
final class DownloadSession: Sendable {
    private let key: ObjectKey
    private let options: DownloadOptions
    private let client: R2Client
    private let meter: ProgressMeter
    private let latestToken: Monitor<LatestValue<R2Download.ResumeToken>>
    /// A Boolean value that indicates whether ranges were requested, so that the partial file may have changed.
    private let hasStarted = Atomic(false)

    init(
        key: ObjectKey, options: DownloadOptions, client: R2Client, meter: ProgressMeter,
        latestToken: Monitor<LatestValue<R2Download.ResumeToken>>
    ) {
        self.key = key
        self.options = options
        self.client = client
        self.meter = meter
        self.latestToken = latestToken
    }

    /// Requests the object's metadata.
    ///
    /// Throws if the object doesn't have the ETag of the token or of the options.
    func metadata(resuming token: R2Download.ResumeToken?) async throws -> ObjectMetadata {
        let etag = token?.etag ?? options.etag
        // A weak ETag never matches. It is compared below.
        let conditions = ObjectConditions(precondition: etag.flatMap { $0.isWeak ? nil : .ifMatch($0) })
        let metadata: ObjectMetadata
        do {
            metadata = try await client.send(HeadObject(key, conditions: conditions, customerKey: options.customerKey))
        } catch let error as R2Error where error.isPreconditionFailed {
            throw token == nil ? TransferError.differentETag(error) : .objectChanged(error)
        } catch let error as R2Error where error.isNotFound && token != nil {
            throw TransferError.objectDeleted(error)
        }
        guard etag == nil || metadata.etag == etag, token == nil || token?.size == metadata.contentLength else {
            throw token == nil ? TransferError.differentETag(nil) : .objectChanged(nil)
        }
        return metadata
    }

    // MARK: Download to a file

    /// Fetches the ranges that aren't in the partial file yet, several at a time.
    func fetch(_ ranges: DownloadRanges, of metadata: ObjectMetadata, into file: PartialFile) async throws {
        let finished = Set(latestToken.state.value?.finishedRanges ?? [])
        try await forEach(ranges, skipping: finished) { index in
            let writer = FileRangeWriter(file, at: ranges[index].lowerBound, meter: self.meter)
            try await self.reader(ranges[index], of: metadata).forEach { try await writer.append($0) }
            try await writer.flush()
            self.latestToken.change { $0.update { $0.finishedRanges.append(index) } }
        }
        let size = try await file.size()
        guard size == metadata.contentLength else {
            throw TransferError(
                .partialFileLost,
                "The partial file has \(size) bytes instead of \(metadata.contentLength): start a new download.")
        }
    }

    /// Runs work on the target's file, and turns its errors into a ``TransferError``.
    static func mappingTargetErrors<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let error as R2FileError { throw TransferError.target(error) }
    }

    // MARK: Download to a closure

    /// Fetches several ranges at a time, and passes their bytes to a closure in order.
    func fetch(
        _ ranges: DownloadRanges, of metadata: ObjectMetadata,
        into write: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        /// The index of the range whose bytes are passed to the closure.
        let current = Monitor(0)
        try await forEach(ranges, skipping: []) { index in
            let pending = PendingChunks()
            try await self.reader(ranges[index], of: metadata).forEach { chunk in
                self.meter.addTransferred(Int64(chunk.readableBytes))
                pending.append(chunk)
                // The current range doesn't have to be complete.
                if current.state == index { try await self.deliver(pending.take(), to: write) }
            }
            try await current.wait { $0 == index ? () : nil }
            try await self.deliver(pending.take(), to: write)
            current.change { $0 += 1 }
        }
    }

    private func deliver(
        _ chunks: [ByteBuffer], to write: @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        for chunk in chunks {
            do {
                try await write(chunk)
            } catch let error as CancellationError {
                throw error
            } catch {
                throw TransferError(.targetFailed, "The download's closure threw an error.", underlying: error)
            }
            let count = Int64(chunk.readableBytes)
            latestToken.change { $0.update { $0.bytesDelivered += count } }
            meter.addCompleted(count)
        }
    }

    // MARK: Ranges

    private func reader(_ range: ClosedRange<Int64>, of metadata: ObjectMetadata) -> RangeReader {
        RangeReader(range, of: key, metadata: metadata, customerKey: options.customerKey, client: client)
    }

    /// Processes all ranges in order, several at a time.
    private func forEach(
        _ ranges: DownloadRanges, skipping finished: Set<Int>,
        _ work: @escaping @Sendable (_ index: Int) async throws -> Void
    ) async throws {
        hasStarted.store(true, ordering: .relaxed)
        let queue = RangeQueue(ranges, skipping: finished)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<min(options.concurrency, ranges.count) {
                group.addTask {
                    while let index = queue.next() {
                        try Task.checkCancellation()
                        try await work(index)
                    }
                }
            }
            // The first error ends the group and cancels the other tasks.
            for try await _ in group {}
        }
    }

    // MARK: Failure

    /// Applies the failure policy, and returns the error that the download throws.
    func failure(after error: any Error) async -> TransferError {
        var failure = TransferError.download(error).addingShutdown(of: client)
        guard let token = latestToken.state.value else { return failure }
        let isUseless = failure.code == .objectChanged || failure.code == .partialFileLost
        // A resumed download that failed before fetching anything keeps its partial file, whatever the policy.
        let isRemoved = isUseless || options.onFailure == .abort && hasStarted.load(ordering: .relaxed)
        if let path = token.partialFile {
            failure.cleanupError = await cleanup(within: .seconds(10)) {
                let file = try await PartialFile.existing(path)
                if isRemoved { try await file.remove() } else { try await file.synchronize() }
            }
            // A lost partial file can't be cleaned up.
            let isMissing = (failure.cleanupError as? R2FileError)?.isNotFound == true
            if failure.code == .partialFileLost || isRemoved && isMissing { failure.cleanupError = nil }
        }
        // The token of a partial file that couldn't be removed tells where it is, unless it is of no use otherwise.
        let isGone = isRemoved && token.partialPath != nil && failure.cleanupError == nil
        if isUseless || isGone { latestToken.change { $0.clear() } }
        failure.downloadToken = latestToken.state.value
        return failure
    }
}

/// The chunks of a range that arrived early.
private final class PendingChunks: Sendable {
    private let chunks = Mutex<[ByteBuffer]>([])

    func append(_ chunk: ByteBuffer) { chunks.withLock { $0.append(chunk) } }

    func take() -> [ByteBuffer] {
        chunks.withLock { chunks in
            defer { chunks = [] }
            return chunks
        }
    }
}

extension TransferError {
    /// Creates the error for a download that ended with `error`.
    static func download(_ error: any Error) -> TransferError {
        switch error {
        case let error as TransferError: error
        case is CancellationError: TransferError(.cancelled, "The download was canceled.", underlying: error)
        case let error as R2ValidationError: TransferError(.invalidOptions, error.message, underlying: error)
        case let error as R2FileError: .target(error)
        default: TransferError(.requestFailed, "A request failed.", underlying: error)
        }
    }
}
#endif
