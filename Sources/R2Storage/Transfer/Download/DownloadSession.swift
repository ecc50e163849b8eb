#if Storage
internal import NIOCore
internal import R2Kit

/// What the steps of one download share.
final class DownloadSession: Sendable {
    /// How much is gathered before it is written.
    private static let writeLength = 512 * 1024

    let client: R2Client
    let key: ObjectKey
    let options: DownloadOptions
    let meter: ProgressMeter
    let tokens: Monitor<Latest<DownloadToken>>

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
            throw TransferError.objectChanged(error)
        } catch let error as R2Error where error.isNotFound && token != nil {
            throw TransferError.objectChanged(error)
        }
        guard version == nil || head.etag == version, token == nil || token?.size == head.contentLength else {
            throw TransferError.objectChanged(nil)
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
        var position = range.lowerBound
        var gathered: [ByteBuffer] = []
        var count = 0
        for try await chunk in bytes(range, of: head) {
            meter.count(moved: Int64(chunk.readableBytes))
            gathered.append(chunk)
            count += chunk.readableBytes
            let isLast = position + Int64(count) > range.upperBound
            guard count >= Self.writeLength || isLast else { continue }
            try await Self.targetFailure { [gathered, position] in try await file.write(gathered, at: position) }
            meter.count(done: Int64(count))
            position += Int64(count)
            gathered = []
            count = 0
        }
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
            var held: [ByteBuffer] = []
            for try await chunk in self.bytes(ranges[index], of: head) {
                self.meter.count(moved: Int64(chunk.readableBytes))
                held.append(chunk)
                // Whose turn it is does not wait for its range to be whole.
                if turn.state == index { try await self.hand(over: &held, to: write) }
            }
            try await turn.wait { $0 == index ? () : nil }
            try await self.hand(over: &held, to: write)
            turn.change { $0 += 1 }
        }
    }

    private func hand(
        over held: inout [ByteBuffer], to write: @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        let chunks = held
        held = []
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

    private func bytes(_ range: ClosedRange<Int64>, of head: ObjectHead) -> RangeBytes {
        RangeBytes(
            client: client, key: key, customerKey: options.customerKey, etag: head.etag, size: head.contentLength,
            range: range)
    }

    /// Works on all ranges in their order, several at a time, each task on one after the other.
    private func each(
        _ ranges: DownloadRanges, skipping finished: Set<Int>,
        _ work: @escaping @Sendable (_ index: Int) async throws -> Void
    ) async throws {
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
#endif
