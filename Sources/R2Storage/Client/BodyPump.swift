#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// Carries the chunks of an answer to whoever reads them, a few ahead, and gives up when none comes.
///
/// The HTTP client's own sequence can neither be given up from outside nor be timed without a task a chunk: so one task
/// reads it.
final class BodyPump: Sendable {
    /// How many bytes are read ahead before the reader is waited for.
    private static let readAhead = 256 * 1024

    private enum End {
        case finished
        case failed(any Error)
    }

    private struct State {
        var isStarted = false
        var chunks = CircularBuffer<ByteBuffer>()
        /// The bytes in ``chunks``.
        var bytes = 0
        /// The pump, while it waits for room.
        var pump: CheckedContinuation<Bool, Never>?
        var reader: CheckedContinuation<ByteBuffer?, any Error>?
        var end: End?
        var cancel: (@Sendable () -> Void)?
    }

    /// Ends the pump when nobody can read from it any more.
    final class Handle: Sendable {
        let pump: BodyPump

        init(_ pump: BodyPump) { self.pump = pump }

        deinit { pump.finish(.failed(CancellationError())) }
    }

    private let content: Content
    private let watchdog: Watchdog
    private let token: Gate.Token
    private let state = Mutex(State())

    init(_ content: Content, _ watchdog: Watchdog, _ token: Gate.Token) {
        self.content = content
        self.watchdog = watchdog
        self.token = token
    }

    // MARK: The reader's side

    func next() async throws -> ByteBuffer? {
        try Task.checkCancellation()
        start { Task { await self.pump() } }
        let (ready, pump) = state.withLock { Self.take(&$0) }
        pump?.resume(returning: true)
        if let ready { return try ready.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { reader in
                let (result, pump) = state.withLock { state in
                    let (result, pump) = Self.take(&state)
                    if result == nil { state.reader = reader }
                    return (result, pump)
                }
                pump?.resume(returning: true)
                if let result { reader.resume(with: result) }
            }
        } onCancel: {
            finish(.failed(CancellationError()))
        }
    }

    /// The content in one piece, or what has not been read of it.
    /// - Parameter length: How many bytes it has.
    /// - Returns: The bytes.
    /// - Throws: As ``next()`` does.
    func collect(length: Int) async throws -> ByteBuffer {
        try Task.checkCancellation()
        let task = start { Task { try await self.whole(length) } }
        guard let task else {
            var rest = ByteBuffer()
            while var chunk = try await next() { rest.writeBuffer(&chunk) }
            return rest
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            finish(.failed(CancellationError()))
        }
    }

    /// What can be had at once, and the pump if there is room for more now; `nil` if there is nothing yet.
    private static func take(_ state: inout State) -> (
        Result<ByteBuffer?, any Error>?, CheckedContinuation<Bool, Never>?
    ) {
        if case .failed(let error) = state.end { return (.failure(error), nil) }
        if let chunk = state.chunks.popFirst() {
            state.bytes -= chunk.readableBytes
            guard state.bytes <= Self.readAhead / 2 else { return (.success(chunk), nil) }
            defer { state.pump = nil }
            return (.success(chunk), state.pump)
        }
        if case .finished = state.end { return (.success(nil), nil) }
        guard state.reader == nil else {
            return (.failure(R2Error(.invalidResponse, "the content is read by two tasks at once")), nil)
        }
        return (nil, nil)
    }

    // MARK: The connection's side

    /// Begins to read, if nobody has yet.
    @discardableResult
    private func start<Value, Failure>(_ begin: () -> Task<Value, Failure>) -> Task<Value, Failure>? {
        state.withLock { state in
            guard !state.isStarted, state.end == nil else { return nil }
            state.isStarted = true
            // Before it is watched: it may be read long after it was asked for.
            content.activity.contentBegins()
            watchdog.watch(content.activity) { stall in
                self.finish(.failed(self.content.broken(stall.error.message, stall.error.code)))
            }
            let task = begin()
            state.cancel = { task.cancel() }
            return task
        }
    }

    private func pump() async {
        do {
            try await content.forEach { await self.offer($0) }
            finish(.finished)
        } catch {
            finish(.failed(error))
        }
    }

    private func whole(_ length: Int) async throws -> ByteBuffer {
        var whole = ByteBuffer()
        do {
            try await content.forEach { chunk in
                // Most small objects come in one piece.
                if chunk.readableBytes == length {
                    whole = chunk
                } else {
                    if whole.readableBytes == 0 { whole.reserveCapacity(length) }
                    whole.writeImmutableBuffer(chunk)
                }
                return true
            }
            finish(.finished)
        } catch {
            finish(.failed(error))
            throw error
        }
        return whole
    }

    /// Hands a chunk over; `false` if nobody wants more.
    private func offer(_ chunk: ByteBuffer) async -> Bool {
        let (isTaken, reader) = state.withLock { state -> (Bool?, CheckedContinuation<ByteBuffer?, any Error>?) in
            guard state.end == nil else { return (false, nil) }
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            state.chunks.append(chunk)
            state.bytes += chunk.readableBytes
            return (state.bytes < Self.readAhead ? true : nil, nil)
        }
        reader?.resume(returning: chunk)
        if let isTaken { return isTaken }
        return await withCheckedContinuation { pump in
            let isTaken = state.withLock { state -> Bool? in
                if state.end != nil { return false }
                if state.bytes <= Self.readAhead / 2 { return true }
                state.pump = pump
                return nil
            }
            if let isTaken { pump.resume(returning: isTaken) }
        }
    }

    /// Ends the pump; the first end counts.
    ///
    /// What has arrived before a regular end can still be read.
    private func finish(_ end: End) {
        let ended = state.withLock { state -> State? in
            guard state.end == nil else { return nil }
            state.end = end
            let before = state
            state.cancel = nil
            state.reader = nil
            state.pump = nil
            if case .failed = end { state.chunks.removeAll() }
            return before
        }
        guard let ended else { return }
        watchdog.leave(content.activity)
        ended.cancel?()
        ended.pump?.resume(returning: false)
        switch end {
        case .finished: ended.reader?.resume(returning: nil)
        case .failed(let error): ended.reader?.resume(throwing: error)
        }
        token.leave()
    }
}
#endif
