#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// What the steps of one download share.
final class DownloadSession: Sendable {
    let client: R2Client
    let key: ObjectKey
    let options: DownloadOptions
    let meter: ProgressMeter
    let tokens: Monitor<Latest<DownloadToken>>
    /// Whether anything has been asked for, so that what was there before has been gone on with.
    let hasBegun = Atomic(false)

    init(
        _ client: R2Client, _ key: ObjectKey, _ options: DownloadOptions, _ meter: ProgressMeter,
        _ tokens: Monitor<Latest<DownloadToken>>
    ) {
        self.client = client
        self.key = key
        self.options = options
        self.meter = meter
        self.tokens = tokens
    }

    /// Asks about the object, which must be the version that is wanted.
    func head(_ token: DownloadToken?) async throws -> ObjectHead {
        let version = token?.etag ?? options.version
        let conditions = ObjectConditions(ifMatch: version.map { .tag($0) })
        let head: ObjectHead
        do {
            head = try await client.send(HeadObject(key, conditions: conditions, customerKey: options.customerKey))
        } catch let error as R2Error where error.isPreconditionFailed {
            throw token == nil ? TransferError.otherVersion(error) : .objectChanged(error)
        } catch let error as R2Error where error.isNotFound && token != nil {
            throw TransferError.objectChanged(error)
        }
        guard version == nil || head.etag == version, token == nil || token?.size == head.contentLength else {
            throw token == nil ? TransferError.otherVersion(nil) : .objectChanged(nil)
        }
        return head
    }

    // MARK: To a file

    /// Fetches what the partial file does not have yet, several ranges at a time.
    func fetch(_ ranges: DownloadRanges, of head: ObjectHead, into file: PartialFile) async throws {
        let finished = Set(tokens.state.value?.finishedRanges ?? [])
        try await each(ranges, skipping: finished) { index in
            try await self.fetch(ranges[index], of: head, into: file)
            self.tokens.change { $0.update { $0.finishedRanges.append(index) } }
        }
        let size = try await file.size()
        guard size == head.contentLength else {
            throw TransferError(
                .partialFileLost, "the partial file has \(size) bytes in place of \(head.contentLength): begin anew")
        }
    }

    private func fetch(_ range: ClosedRange<Int64>, of head: ObjectHead, into file: PartialFile) async throws {
        let writer = RangeWriter(file, at: range.lowerBound, meter)
        try await reader(range, of: head).forEach { try await writer.take($0) }
        try await writer.flush()
    }

    static func targetFailure<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let error as R2FileError { throw TransferError.target(error) }
    }

    // MARK: To a closure

    /// Fetches several ranges at a time, and hands their bytes over in order.
    func fetch(
        _ ranges: DownloadRanges, of head: ObjectHead, into write: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let turn = Monitor(0)
        try await each(ranges, skipping: []) { index in
            let held = HeldChunks()
            try await self.reader(ranges[index], of: head).forEach { chunk in
                self.meter.count(moved: Int64(chunk.readableBytes))
                held.append(chunk)
                // Whose turn it is does not wait for its range to be whole.
                if turn.state == index { try await self.hand(over: held.take(), to: write) }
            }
            try await turn.wait { $0 == index ? () : nil }
            try await self.hand(over: held.take(), to: write)
            turn.change { $0 += 1 }
        }
    }

    private func hand(
        over chunks: [ByteBuffer], to write: @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        for chunk in chunks {
            do {
                try await write(chunk)
            } catch let error as CancellationError {
                throw error
            } catch {
                throw TransferError(.targetFailed, "what the download is handed to threw an error", underlying: error)
            }
            let count = Int64(chunk.readableBytes)
            tokens.change { $0.update { $0.bytesDelivered += count } }
            meter.count(done: count)
        }
    }

    // MARK: Both

    private func reader(_ range: ClosedRange<Int64>, of head: ObjectHead) -> RangeReader {
        RangeReader(client, key, head, range, options.customerKey)
    }

    /// Works on all ranges in their order, several at a time, each task on one after the other.
    private func each(
        _ ranges: DownloadRanges, skipping finished: Set<Int>,
        _ work: @escaping @Sendable (_ index: Int) async throws -> Void
    ) async throws {
        hasBegun.store(true, ordering: .relaxed)
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
            // The first error ends the group, and cancels what is under way.
            for try await _ in group {}
        }
    }
}

/// The chunks of a range whose turn has not come.
private final class HeldChunks: Sendable {
    private let chunks = Mutex<[ByteBuffer]>([])

    func append(_ chunk: ByteBuffer) { chunks.withLock { $0.append(chunk) } }

    func take() -> [ByteBuffer] {
        chunks.withLock { chunks in
            defer { chunks = [] }
            return chunks
        }
    }
}
#endif
