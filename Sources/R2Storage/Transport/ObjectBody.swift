#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// The body of an object while it arrives: counted, and exactly as long as announced.
struct ObjectBody: Sendable {
    /// The object's metadata.
    let metadata: ObjectMetadata
    /// A closure that receives the size of each chunk.
    var countReceived: (@Sendable (Int) -> Void)?
    private let response: StreamedResponse
    private let operation: GetObject

    /// Creates a body from a response.
    /// - Throws: An `R2Error` if the response reports an error, or isn't a response to the operation.
    init(_ response: StreamedResponse, to operation: GetObject) async throws {
        guard response.isSuccess else {
            _ = try operation.output(from: try await response.collect(for: operation))
            throw R2Error(
                .invalidResponse, "The response has no object.", response: response.head, operation: operation)
        }
        metadata = try operation.output(from: response.head)
        self.response = response
        self.operation = operation
    }

    var activity: AttemptActivity { response.activity }

    /// Passes chunk after chunk to a closure, until the end or until the closure returns `false`.
    /// - Throws: An `R2Error` if the body breaks off, stalls or isn't as long as announced. Any error that `take`
    ///   throws.
    func forEach(_ take: (ByteBuffer) async throws -> Bool) async throws {
        let length = metadata.contentLength
        var received: Int64 = 0
        do {
            activity.bodyStarted()
            var chunks = response.body.makeAsyncIterator()
            while let chunk = try await next(&chunks, received) {
                received += Int64(chunk.readableBytes)
                activity.received(chunk.readableBytes)
                countReceived?(chunk.readableBytes)
                guard received <= length else {
                    throw error("The response is longer than the \(length) bytes that it announced.", .invalidResponse)
                }
                guard try await take(chunk) else { return }
                activity.progressed()
            }
            guard received == length else {
                throw error("The response ended after \(received) of \(length) bytes.", .connectionFailed)
            }
        } catch let cancellation as CancellationError {
            // The watchdog gives up by canceling the task.
            guard let stall = activity.stall else { throw cancellation }
            throw error(for: stall)
        }
    }

    private func next(
        _ chunks: inout HTTPClientResponse.Body.AsyncIterator, _ received: Int64
    ) async throws -> ByteBuffer? {
        do { return try await chunks.next() } catch {
            guard let failure = TransportFailure(error) else { throw error }
            throw self.error(
                "The response broke off after \(received) of \(metadata.contentLength) bytes. \(failure.error.message)",
                failure.error.code)
        }
    }

    func error(for stall: Stall) -> R2Error { error(stall.error.message, stall.error.code) }

    private func error(_ message: String, _ code: R2Error.Code) -> R2Error {
        R2Error(code, message, response: response.head, operation: operation)
    }
}

/// An error that occurred after an object's body had started to arrive, so that the call can't start again.
struct ObjectBodyError: Error {
    let underlyingError: any Error
}

/// A reader of an object's body that stays a few chunks ahead of its consumer, and gives up if none arrives.
///
/// The HTTP client's own sequence can't be canceled from outside, and timing it would take a task per chunk. One task
/// reads it instead.
final class BodyPump: Sendable {
    /// The number of bytes that are read ahead before the pump waits for the consumer.
    private static let readAhead = 256 * 1024

    private enum End {
        case finished
        case failed(any Error)
    }

    private struct State {
        var isStarted = false
        var chunks = CircularBuffer<ByteBuffer>()
        /// The number of bytes in ``chunks``.
        var bytes = 0
        /// The pump, while it waits for room.
        var pump: CheckedContinuation<Bool, Never>?
        var consumer: CheckedContinuation<ByteBuffer?, any Error>?
        var end: End?
        var cancel: (@Sendable () -> Void)?
    }

    /// A reference that ends the pump when nothing can read from it anymore.
    final class Handle: Sendable {
        let pump: BodyPump

        init(_ pump: BodyPump) { self.pump = pump }

        deinit { pump.finish(.failed(CancellationError())) }
    }

    private let body: ObjectBody
    private let watchdog: StallWatchdog
    private let admission: ShutdownGate.Admission
    private let state = Mutex(State())

    init(_ body: ObjectBody, _ watchdog: StallWatchdog, _ admission: ShutdownGate.Admission) {
        self.body = body
        self.watchdog = watchdog
        self.admission = admission
        body.activity.connectionUse.bodyOpened()
    }

    // MARK: The consumer's side

    /// Returns the next chunk, or `nil` at the end.
    func next() async throws -> ByteBuffer? {
        try Task.checkCancellation()
        start { Task { await self.run() } }
        let (result, pump) = state.withLock { Self.take(&$0) }
        pump?.resume(returning: true)
        if let result { return try result.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { consumer in
                let (result, pump) = state.withLock { state in
                    let (result, pump) = Self.take(&state)
                    if result == nil { state.consumer = consumer }
                    return (result, pump)
                }
                pump?.resume(returning: true)
                if let result { consumer.resume(with: result) }
            }
        } onCancel: {
            finish(.failed(CancellationError()))
        }
    }

    /// Reads the body in one piece, or what hasn't been read of it.
    /// - Parameter length: The length of the body, in bytes.
    /// - Returns: The bytes.
    /// - Throws: See ``ObjectBody/forEach(_:)``.
    func collect(length: Int) async throws -> ByteBuffer {
        try Task.checkCancellation()
        let task = start { Task { try await self.readWhole(length) } }
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

    /// Returns what is available now, or `nil`, and the pump's continuation if there is room for more.
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
        guard state.consumer == nil else {
            return (.failure(R2Error(.invalidResponse, "Two tasks read the same body: use one task per body.")), nil)
        }
        return (nil, nil)
    }

    // MARK: The connection's side

    /// Starts a task that reads the body, unless one has been started.
    @discardableResult
    private func start<Value, Failure>(_ makeTask: () -> Task<Value, Failure>) -> Task<Value, Failure>? {
        state.withLock { state in
            guard !state.isStarted, state.end == nil else { return nil }
            state.isStarted = true
            // Must come before the watchdog's first check, because a body may be read long after it was requested.
            body.activity.bodyStarted()
            watchdog.watch(body.activity) { stall in self.finish(.failed(self.body.error(for: stall))) }
            let task = makeTask()
            state.cancel = { task.cancel() }
            return task
        }
    }

    private func run() async {
        do {
            try await body.forEach { await self.offer($0) }
            finish(.finished)
        } catch {
            finish(.failed(error))
        }
    }

    private func readWhole(_ length: Int) async throws -> ByteBuffer {
        var whole = ByteBuffer()
        do {
            try await body.forEach { chunk in
                // Most small objects arrive in one chunk.
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

    /// Passes a chunk to the consumer, and waits for room.
    ///
    /// Returns `false` if no more chunks are needed.
    private func offer(_ chunk: ByteBuffer) async -> Bool {
        let (isWanted, consumer) = state.withLock { state -> (Bool?, CheckedContinuation<ByteBuffer?, any Error>?) in
            guard state.end == nil else { return (false, nil) }
            if let consumer = state.consumer {
                state.consumer = nil
                return (true, consumer)
            }
            state.chunks.append(chunk)
            state.bytes += chunk.readableBytes
            return (state.bytes < Self.readAhead ? true : nil, nil)
        }
        consumer?.resume(returning: chunk)
        if let isWanted { return isWanted }
        return await withCheckedContinuation { pump in
            let isWanted = state.withLock { state -> Bool? in
                if state.end != nil { return false }
                if state.bytes <= Self.readAhead / 2 { return true }
                state.pump = pump
                return nil
            }
            if let isWanted { pump.resume(returning: isWanted) }
        }
    }

    /// Ends the pump.
    ///
    /// Only the first end counts.
    ///
    /// Chunks that arrived before a regular end can still be read.
    private func finish(_ end: End) {
        let ended = state.withLock { state -> State? in
            guard state.end == nil else { return nil }
            state.end = end
            let before = state
            state.cancel = nil
            state.consumer = nil
            state.pump = nil
            if case .failed = end { state.chunks.removeAll() }
            return before
        }
        guard let ended else { return }
        watchdog.unwatch(body.activity)
        body.activity.connectionUse.bodyClosed()
        ended.cancel?()
        ended.pump?.resume(returning: false)
        switch end {
        case .finished: ended.consumer?.resume(returning: nil)
        case .failed(let error): ended.consumer?.resume(throwing: error)
        }
        admission.leave()
    }
}
#endif
