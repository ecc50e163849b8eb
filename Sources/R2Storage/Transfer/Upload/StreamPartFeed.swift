#if Storage
internal import NIOCore
internal import R2Kit

/// A feed of parts from a stream, which ``StreamReader`` fills.
///
/// At most `capacity` parts are in memory.
final class StreamPartFeed: PartFeed {
    private struct State: Sendable {
        var parts: [OutgoingPart] = []
        /// The number of parts that are being filled, waiting, or being sent.
        var held = 0
        /// A Boolean value that indicates whether the first part is the whole stream, or `nil` if it isn't known yet.
        var isWhole: Bool?
        var total: Int64?
    }

    private let capacity: Int
    private let state = Monitor(State())

    init(capacity: Int) { self.capacity = capacity }

    /// Waits until there is room for another part in memory.
    func reserve() async throws {
        try await state.wait { [capacity] state -> Void? in
            guard state.held < capacity else { return nil }
            state.held += 1
            return ()
        }
    }

    /// Adds a complete part.
    /// - Parameters:
    ///   - part: The part.
    ///   - isWhole: A Boolean value that indicates whether the part is the whole stream.
    func append(_ part: OutgoingPart, isWhole: Bool) {
        state.change {
            $0.parts.append(part)
            $0.isWhole = $0.isWhole ?? isWhole
        }
    }

    /// Marks the end of the stream.
    func finish(total: Int64) { state.change { $0.total = total } }

    func next() async throws -> OutgoingPart? {
        try await state.wait { state -> OutgoingPart?? in
            if !state.parts.isEmpty { return .some(state.parts.removeFirst()) }
            return state.total == nil ? nil : .some(nil)
        }
    }

    func release() { state.change { $0.held -= 1 } }

    /// The length of the whole stream, in bytes, or `nil` before its end.
    var total: Int64? { state.state.total }

    /// Waits for the first part, and returns its content if it is the whole stream.
    func wholeContent() async throws -> PartContent? {
        try await state.wait { state -> PartContent?? in
            guard let isWhole = state.isWhole else { return nil }
            return .some(isWhole ? state.parts.first?.content : nil)
        }
    }
}

/// A reader that divides a stream into parts of one size, whatever the sizes of its chunks.
struct StreamReader {
    private let stream: UploadSource.Stream
    private let partLength: Int
    private let feed: StreamPartFeed
    private let onEnd: @Sendable (_ total: Int64) -> Void

    private var number = 1
    private var part: ByteBuffer?
    private var total: Int64 = 0

    init(
        _ stream: UploadSource.Stream, partLength: Int, feed: StreamPartFeed,
        onEnd: @escaping @Sendable (_ total: Int64) -> Void
    ) {
        self.stream = stream
        self.partLength = partLength
        self.feed = feed
        self.onEnd = onEnd
    }

    /// Reads the whole stream.
    ///
    /// Waits whenever the feed has no room for another part.
    mutating func run() async throws {
        do {
            try await stream.forEach { chunk in try await self.append(chunk) }
        } catch let error as TransferError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw TransferError(.sourceFailed, "The stream threw an error.", underlying: error)
        }
        // Some streams end early without an error when the reading task is cancelled.
        try Task.checkCancellation()
        try await finish()
    }

    private mutating func append(_ chunk: ByteBuffer) async throws {
        var chunk = chunk
        total += Int64(chunk.readableBytes)
        if let length = stream.length, total > length {
            throw TransferError(.sourceTooLong, "The stream is longer than the announced \(length) bytes.")
        }
        while chunk.readableBytes > 0 {
            // A full first part waits for the next byte, because a stream of one part is sent in a single request.
            if part?.readableBytes == partLength, let full = part { try emit(full, isWhole: false) }
            var filling = if let started = part.take() { started } else { try await makePart() }
            let space = partLength - filling.readableBytes
            if var piece = chunk.readSlice(length: min(space, chunk.readableBytes)) { filling.writeBuffer(&piece) }
            part = filling
        }
        if number > 1, part?.readableBytes == partLength, let full = part { try emit(full, isWhole: false) }
    }

    private func makePart() async throws -> ByteBuffer {
        try await feed.reserve()
        return ByteBufferAllocator().buffer(capacity: partLength)
    }

    private mutating func emit(_ content: ByteBuffer, isWhole: Bool) throws(TransferError) {
        guard PartPlan.numbers.contains(number) else {
            let maximum = Int64(partLength) * Int64(PartPlan.numbers.upperBound)
            throw TransferError(
                .sourceTooLong,
                "The stream is longer than \(PartPlan.numbers.upperBound) parts of \(partLength) bytes "
                    + "(\(maximum) bytes): announce its length, or set a larger maximumStreamLength.")
        }
        part = nil
        feed.append(OutgoingPart(number: number, content: PartContent(content)), isWhole: isWhole)
        number += 1
    }

    private mutating func finish() async throws {
        if let length = stream.length, total != length {
            throw TransferError(
                .sourceTooShort, "The stream ended after \(total) of the announced \(length) bytes.")
        }
        onEnd(total)
        if let last = part {
            try emit(last, isWhole: number == 1)
        } else if number == 1 {
            try await emit(makePart(), isWhole: true)
        }
        feed.finish(total: total)
    }
}
#endif
