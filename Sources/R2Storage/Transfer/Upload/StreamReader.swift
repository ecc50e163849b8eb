#if Storage
internal import NIOCore
internal import R2Kit

/// Cuts a stream into parts of one size, whatever the sizes of its chunks.
struct StreamReader {
    let stream: UploadSource.Stream
    let partLength: Int
    let feed: StreamFeed
    let onEnd: @Sendable (_ total: Int64) -> Void

    private var number = 1
    private var part: ByteBuffer?
    private var total: Int64 = 0

    init(
        _ stream: UploadSource.Stream, partLength: Int, feed: StreamFeed,
        onEnd: @escaping @Sendable (_ total: Int64) -> Void
    ) {
        self.stream = stream
        self.partLength = partLength
        self.feed = feed
        self.onEnd = onEnd
    }

    /// Reads the whole stream; waits whenever as many parts as are allowed are held.
    mutating func run() async throws {
        do {
            try await stream.forEach { chunk in try await self.append(chunk) }
        } catch let error as TransferError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw TransferError(.sourceFailed, "the stream threw an error", underlying: error)
        }
        // Some streams end early, and without an error, when the task that reads them is cancelled.
        try Task.checkCancellation()
        try await finish()
    }

    private mutating func append(_ chunk: ByteBuffer) async throws {
        var chunk = chunk
        total += Int64(chunk.readableBytes)
        if let length = stream.length, total > length {
            throw TransferError(.sourceTooLong, "the stream has more than the \(length) bytes that were announced")
        }
        while chunk.readableBytes > 0 {
            // A full part waits for the first byte after it, since a stream that is one part goes in one request.
            if part?.readableBytes == partLength, let full = part { try hand(over: full, isWhole: false) }
            var filling = if let begun = part.take() { begun } else { try await begin() }
            let space = partLength - filling.readableBytes
            if var piece = chunk.readSlice(length: min(space, chunk.readableBytes)) { filling.writeBuffer(&piece) }
            part = filling
        }
        if number > 1, part?.readableBytes == partLength, let full = part { try hand(over: full, isWhole: false) }
    }

    private func begin() async throws -> ByteBuffer {
        try await feed.reserve()
        return ByteBufferAllocator().buffer(capacity: partLength)
    }

    private mutating func hand(over content: ByteBuffer, isWhole: Bool) throws(TransferError) {
        guard PartPlan.numbers.contains(number) else {
            let most = Int64(partLength) * Int64(PartPlan.numbers.upperBound)
            throw TransferError(
                .sourceTooLong,
                "10000 parts of \(partLength) bytes hold \(most), and the stream has more: announce its length, or say a "
                    + "larger maximumStreamLength")
        }
        part = nil
        feed.append(OutgoingPart(number: number, content: PartContent(content)), isWhole: isWhole)
        number += 1
    }

    private mutating func finish() async throws {
        if let length = stream.length, total != length {
            throw TransferError(
                .sourceTooShort, "the stream ended after \(total) of the \(length) bytes that were announced")
        }
        onEnd(total)
        if let last = part {
            try hand(over: last, isWhole: number == 1)
        } else if number == 1 {
            try await hand(over: begin(), isWhole: true)
        }
        feed.finish(total: total)
    }
}
#endif
