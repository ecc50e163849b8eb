#if Storage
internal import NIOCore
internal import R2Kit
internal import SigV4
internal import Tracing

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// One call of an operation: attempts until one succeeds or must not be retried.
struct RetryingCall<Operation: R2Operation>: Sendable {
    private let client: R2Client
    private let operation: Operation
    private let body: R2RequestBody
    private let telemetry: CallTelemetry

    init(_ client: R2Client, _ operation: Operation, _ body: R2RequestBody, _ span: (any Span)?) {
        self.client = client
        self.operation = operation
        self.body = body
        telemetry = CallTelemetry(client, operation, span)
    }

    private var core: ClientCore { client.core }

    /// Sends the operation until an attempt succeeds or must not be retried.
    /// - Parameter read: A closure that reads the response within the attempt.
    /// - Returns: The value that `read` returns.
    /// - Throws: The error of the last attempt. Any error that `read` throws.
    func run<Result: Sendable>(
        _ read: @escaping @Sendable (StreamedResponse) async throws -> Result
    ) async throws -> Result {
        var history = AttemptHistory(start: core.environment.now())
        do {
            let result = try await runAttempts(read, &history)
            telemetry.callSucceeded(attempts: history.count)
            return result
        } catch {
            telemetry.callFailed(error, attempts: history.count)
            throw error
        }
    }

    private func runAttempts<Result: Sendable>(
        _ read: @escaping @Sendable (StreamedResponse) async throws -> Result, _ history: inout AttemptHistory
    ) async throws -> Result {
        var request = try makeRequest()
        let start = core.environment.elapsed()
        let deadline = client.timeLimit.map { start + $0 }
        while true {
            try Task.checkCancellation()
            history.count += 1
            switch try await attempt(request, deadline, read, history) {
            case .success(let result):
                core.budget.recordSuccess(wasRetried: history.retries > 0)
                return result
            case .failure(let failure):
                if request.readsObject, !request.acceptsContentCodings, failure.lacksLength {
                    // The object is stored with a coding, and was decompressed on the way.
                    request.acceptsContentCodings = true
                    history.otherForms += 1
                    telemetry.willRequestStoredForm()
                    continue
                }
                // In two steps, because `nil` itself would pass for a result that is optional.
                if let output = await recover(from: failure, history, deadline), let recovered = output as? Result {
                    telemetry.callRecovered(history.count, from: failure.error)
                    return recovered
                }
                try await prepareRetry(after: failure, &history, start)
            }
        }
    }

    /// Creates the request, checks the length of the body, and hashes the body if it is to be signed.
    private func makeRequest() throws -> R2OperationRequest {
        var request = try operation.request()
        try body.checkOffset()
        if case .provided(let length, let digest) = request.body {
            guard length == body.length else {
                throw R2ValidationError(
                    .invalidContentLength,
                    "Invalid content length: \(Operation.name) announces \(length) bytes, but its body has "
                        + "\(body.length).")
            }
            if digest == nil, length <= core.configuration.signedBodyLimit, let bytes = body.inMemoryBytes {
                request.body = .provided(length: length, sha256: Payload.bytes(bytes.readableBytesView).headerValue)
            }
        } else if body.length > 0 {
            throw R2ValidationError(.invalidContentLength, "Unexpected body: \(Operation.name) has none. Remove it.")
        }
        return request
    }

    private func attempt<Result: Sendable>(
        _ request: R2OperationRequest, _ deadline: Duration?,
        _ read: @escaping @Sendable (StreamedResponse) async throws -> Result, _ history: AttemptHistory
    ) async throws -> Swift.Result<Result, FailedAttempt> {
        let environment = core.environment
        let sentAt = environment.now()
        let (signed, clockOffset) = try sign(request, at: sentAt, history)
        let takesLong = Operation.mayFailWithSuccessStatus
        let activity = AttemptActivity(
            stallTimeout: takesLong ? core.configuration.completionTimeout : core.configuration.stallTimeout,
            deadline: deadline, elapsed: environment.elapsed, connectionUse: core.connectionUse)
        let attempt = Attempt(signed, body: body, core: core, activity: activity, read: read)
        telemetry.attemptStarted(history.count)
        let outcome = await attempt.run()
        telemetry.attemptEnded(history.count, outcome.response, activity)
        let error: any Error
        switch outcome.result {
        case .success(let result): return .success(result)
        case .failure(let failure): error = failure
        }
        if Task.isCancelled { throw CancellationError() }
        if outcome.isSourceFailure { throw error }
        guard var failure = FailedAttempt(error, outcome.response) else { throw error }
        failure.error.operation = Operation.name
        failure.error.key = operation.subject
        failure.midpoint = sentAt.addingTimeInterval(environment.now().timeIntervalSince(sentAt) / 2)
        failure.sentBytes = activity.end()
        failure.hasStartedSource = activity.hasStartedSource
        failure.clockOffset = clockOffset
        failure.resolveRetryDate(now: environment.now().addingTimeInterval(core.clockOffset.current))
        return .failure(failure)
    }

    /// Signs a request with the server's time, as far as it is known.
    /// - Returns: The signed request, and the offset of the server's clock that it was signed with.
    private func sign(
        _ request: R2OperationRequest, at date: Date, _ history: AttemptHistory
    ) throws(R2ValidationError) -> (R2SignedRequest, TimeInterval) {
        let offset = core.clockOffset.current
        do {
            return (try core.signer.sign(request, at: date.addingTimeInterval(offset)), offset)
        } catch {
            // An offset that this call has measured tells the truth about the credentials.
            let isOffsetWrong =
                error.code == .invalidTime || error.code == .expiredCredentials && !history.hasCorrectedClock
            guard offset != 0, isOffsetWrong else { throw error }
            core.clockOffset.forget(offset)
            return (try core.signer.sign(request, at: date), 0)
        }
    }

    /// Waits before the next attempt, or throws the error that ends the call.
    private func prepareRetry(
        after failure: FailedAttempt, _ history: inout AttemptHistory, _ start: Duration
    ) async throws {
        let error = failure.error
        if failure.mayHaveArrived { history.mayHaveSucceeded = true }
        let canSendBodyAgain = body.isRepeatable || !failure.hasStartedSource
        guard canSendBodyAgain, !failure.isFinal else { throw error }
        if !history.hasCorrectedClock,
            core.clockOffset.learn(
                from: error, serverDate: failure.serverDate, midpoint: failure.midpoint, used: failure.clockOffset)
        {
            // The server rejected the request without carrying it out, so any operation can be sent again.
            history.hasCorrectedClock = true
            telemetry.correctedClock(by: core.clockOffset.current)
        } else {
            let policy = core.configuration.retry
            let count = history.count - history.otherForms
            guard count < policy.maximumAttempts, error.isRetryable else { throw error }
            let delay = policy.delay(
                beforeRetry: count, chance: core.environment.random(), retryAfter: error.retryAfter)
            guard let delay, core.budget.take() else { throw error }
            history.retries += 1
            if let limit = client.timeLimit, core.environment.elapsed() - start + delay >= limit { throw error }
            telemetry.willRetry(history.count, after: error, delay: delay)
            if operation.retrySafety == .additive, failure.mayHaveArrived {
                telemetry.mayHaveLeftEmptyUpload(history.count)
            }
            try await core.environment.pause(delay)
        }
        if failure.sentBytes > 0 { body.onSent?(-Int(failure.sentBytes)) }
    }

    /// Returns the operation's output if the error only means that an earlier attempt has done the work.
    private func recover(
        from failure: FailedAttempt, _ history: AttemptHistory, _ deadline: Duration?
    ) async -> (any Sendable)? {
        guard history.mayHaveSucceeded, failure.response != nil,
            let operation = operation as? any LostResponseRecovery
        else { return nil }
        let offset = failure.serverDate.map { $0.timeIntervalSince(failure.midpoint) } ?? failure.clockOffset
        // Requests that the recovery sends count toward the call's own time limit.
        let remaining = deadline.map { max(.zero, $0 - core.environment.elapsed()) }
        return await operation.recoveredOutput(
            from: failure.error, since: history.start.addingTimeInterval(offset), client.with(timeLimit: remaining))
    }
}

/// The history of a call's attempts.
private struct AttemptHistory {
    /// The number of attempts that have started.
    var count = 0
    /// The number of retries that were taken from the budget.
    var retries = 0
    /// The number of attempts that failed only because the object is stored in another form than the requested one.
    var otherForms = 0
    /// The start of the first attempt, on this machine's clock.
    let start: Date
    /// A Boolean value that indicates whether an attempt may have been carried out without reporting success.
    var mayHaveSucceeded = false
    var hasCorrectedClock = false
}

/// An attempt that failed, and the facts that decide whether there is another one.
private struct FailedAttempt: Error {
    var error: R2Error
    /// The server's response, if there was one.
    let response: StreamedResponse?
    /// A Boolean value that indicates whether the request certainly didn't reach the server.
    let isUnsent: Bool
    /// A Boolean value that indicates whether the attempt used up a limit that another attempt would reach as well.
    let isFinal: Bool
    /// The time halfway between sending and receiving, on this machine's clock.
    var midpoint = Date()
    /// The offset of the server's clock that the request was signed with, in seconds.
    var clockOffset: TimeInterval = 0
    var sentBytes: Int64 = 0
    /// A Boolean value that indicates whether the body's source was asked for bytes.
    var hasStartedSource = false

    /// The time on the server's clock, unless a cache responded, whose date is an earlier one.
    var serverDate: Date? { [nil, "0"].contains(response?["age"]) ? response?.date : nil }

    /// A Boolean value that indicates whether the response is an object whose length is unknown.
    var lacksLength: Bool { response.map { $0.isSuccess && $0["content-length"] == nil } ?? false }

    /// A Boolean value that indicates whether the request may have been carried out.
    var mayHaveArrived: Bool {
        if isUnsent { return false }
        guard let response else { return true }
        // These codes mean that the request was rejected. Other errors with status 5xx come from a proxy, or from the
        // middle of the work.
        let rejections: Set<R2Error.Code> = [.slowDown, .tooManyRequests, .serviceUnavailable, .requestTimeTooSkewed]
        return response.status < 400
            || response.status >= 500 && !(response.status == 503 && rejections.contains(error.code))
    }

    /// Converts a `Retry-After` header that is a date to a duration, by the server's clock if the response tells it.
    mutating func resolveRetryDate(now: Date) {
        guard error.retryAfter == nil, let date = response?["retry-after"].flatMap(HTTPDate.parse) else { return }
        error.retryAfter = .seconds(max(0, Int(date.timeIntervalSince(serverDate ?? now).rounded(.up))))
    }

    /// Creates a failure, or returns `nil` if the error comes neither from R2 nor from the connection.
    init?(_ error: any Error, _ response: StreamedResponse?) {
        self.response = response
        if response != nil, let error = error as? R2Error {
            self.error = error
            isUnsent = false
            isFinal = false
        } else if let failure = TransportFailure(error) {
            self.error = failure.error
            self.error.status = response?.status
            isUnsent = failure.isUnsent && response == nil
            isFinal = error is NoFreeConnection || failure.error == Stall.deadline.error
        } else {
            return nil
        }
    }
}
#endif
