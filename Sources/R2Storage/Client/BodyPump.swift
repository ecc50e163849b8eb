#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// Carries the chunks of an answer to whoever reads them, at most two ahead, and gives up when none comes.
///
/// The HTTP client's own sequence can neither be given up from outside nor be timed without a task a chunk: so one task
/// reads it, and a second one watches the first.
final class BodyPump: Sendable {
    private enum End {
        case finished
        case failed(any Error)
    }

    private struct State {
        var isStarted = false
        var chunk: ByteBuffer?
        var offered: (chunk: ByteBuffer, taken: CheckedContinuation<Bool, Never>)?
        var reader: CheckedContinuation<ByteBuffer?, any Error>?
        var end: End?
        var tasks: [Task<Void, Never>] = []
    }

    /// Ends the pump when nobody can read from it any more.
    final class Handle: Sendable {
        let pump: BodyPump

        init(_ pump: BodyPump) { self.pump = pump }

        deinit { pump.finish(.failed(CancellationError())) }
    }

    private let body: HTTPClientResponse.Body
    private let length: Int64
    private let stallTimeout: Duration
    private let activity: Activity
    private let token: Gate.Token
    private let problem: @Sendable (String) -> R2Error
    private let count: @Sendable (Int) -> Void
    private let state = Mutex(State())

    init(
        _ body: HTTPClientResponse.Body, length: Int64, stallTimeout: Duration, activity: Activity, token: Gate.Token,
        problem: @escaping @Sendable (String) -> R2Error, count: @escaping @Sendable (Int) -> Void
    ) {
        self.body = body
        self.length = length
        self.stallTimeout = stallTimeout
        self.activity = activity
        self.token = token
        self.problem = problem
        self.count = count
    }

    func next() async throws -> ByteBuffer? {
        try Task.checkCancellation()
        start()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { reader in
                let (result, taken) = state.withLock { Self.take(&$0, reader) }
                taken?.resume(returning: true)
                if let result { reader.resume(with: result) }
            }
        } onCancel: {
            finish(.failed(CancellationError()))
        }
    }

    private static func take(
        _ state: inout State, _ reader: CheckedContinuation<ByteBuffer?, any Error>
    ) -> (Result<ByteBuffer?, any Error>?, CheckedContinuation<Bool, Never>?) {
        if case .failed(let error) = state.end { return (.failure(error), nil) }
        if let chunk = state.chunk {
            let offered = state.offered
            state.chunk = offered?.chunk
            state.offered = nil
            return (.success(chunk), offered?.taken)
        }
        if case .finished = state.end { return (.success(nil), nil) }
        guard state.reader == nil else {
            return (.failure(R2Error(.invalidResponse, "the content is read by two tasks at once")), nil)
        }
        state.reader = reader
        return (nil, nil)
    }

    private func start() {
        state.withLock { state in
            guard !state.isStarted, state.end == nil else { return }
            state.isStarted = true
            activity.moved()
            state.tasks = [Task { await pump() }, Task { await watch() }]
        }
    }

    private func pump() async {
        var arrived: Int64 = 0
        do {
            for try await chunk in body {
                arrived += Int64(chunk.readableBytes)
                activity.received(chunk.readableBytes)
                count(chunk.readableBytes)
                guard arrived <= length else {
                    throw problem("the answer has more than the \(length) bytes that it announced")
                }
                guard await offer(chunk) else { return }
            }
            guard arrived == length else {
                var error = problem("the answer ended after \(arrived) of \(length) bytes")
                error.code = .connectionFailed
                throw error
            }
            finish(.finished)
        } catch {
            finish(.failed(translated(error, arrived)))
        }
    }

    private func translated(_ error: any Error, _ arrived: Int64) -> any Error {
        guard !(error is R2Error), let fault = TransportFault(error) else { return error }
        var error = problem("the answer broke off after \(arrived) of \(length) bytes: \(fault.error.message)")
        error.code = fault.error.code
        return error
    }

    private func watch() async {
        guard let stall = try? await activity.stall(limit: stallTimeout, deadline: nil) else { return }
        var error = problem(stall.error.message)
        error.code = stall.error.code
        finish(.failed(error))
    }

    /// Hands a chunk over; `false` if nobody wants more.
    private func offer(_ chunk: ByteBuffer) async -> Bool {
        await withCheckedContinuation { taken in
            let (answer, reader) = state.withLock { state -> (Bool?, CheckedContinuation<ByteBuffer?, any Error>?) in
                guard state.end == nil else { return (false, nil) }
                if let reader = state.reader {
                    state.reader = nil
                    return (true, reader)
                }
                guard state.chunk != nil else {
                    state.chunk = chunk
                    return (true, nil)
                }
                state.offered = (chunk, taken)
                activity.waitsForOthers()
                return (nil, nil)
            }
            reader?.resume(returning: chunk)
            if let answer { taken.resume(returning: answer) }
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
            state.tasks = []
            state.reader = nil
            state.offered = nil
            if case .failed = end { state.chunk = nil }
            return before
        }
        guard let ended else { return }
        for task in ended.tasks { task.cancel() }
        ended.offered?.taken.resume(returning: false)
        switch end {
        case .finished: ended.reader?.resume(returning: nil)
        case .failed(let error): ended.reader?.resume(throwing: error)
        }
        token.leave()
    }
}
#endif
