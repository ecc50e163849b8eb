#if Storage
internal import HTTPTypes
internal import NIOCore
internal import R2Kit
internal import SigV4
internal import Tracing

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// One call of an operation with all its tries.
struct Call<Operation: R2Operation>: Sendable {
    let client: R2Client
    let operation: Operation
    let body: R2RequestBody
    let record: CallRecord

    init(_ client: R2Client, _ operation: Operation, _ body: R2RequestBody, _ span: (any Span)?) {
        self.client = client
        self.operation = operation
        self.body = body
        record = CallRecord(client, operation, span)
    }

    private var core: ClientCore { client.core }

    func run<Result: Sendable>(
        _ read: @escaping @Sendable (Answer, Activity) async throws -> Result
    ) async throws -> Result {
        var tries = Tries(began: core.surroundings.now())
        do {
            let result = try await result(read, &tries)
            record.succeeded(tries)
            return result
        } catch {
            record.failed(error, tries)
            throw error
        }
    }

    private func result<Result: Sendable>(
        _ read: @escaping @Sendable (Answer, Activity) async throws -> Result, _ tries: inout Tries
    ) async throws -> Result {
        let request = try preparedRequest()
        let began = core.surroundings.elapsed()
        let deadline = client.timeLimit.map { began + $0 }
        while true {
            try Task.checkCancellation()
            tries.count += 1
            switch try await attempt(request, deadline, read, tries) {
            case .success(let result):
                core.budget.succeeded(retried: tries.count > 1)
                return result
            case .failure(let fault):
                // In two steps: `nil` itself would pass for a result that is optional.
                if let output = await recover(from: fault, tries, deadline), let recovered = output as? Result {
                    record.recovered(fault.error, tries)
                    return recovered
                }
                try await prepareRetry(after: fault, &tries, began)
            }
        }
    }

    /// The request, with its body hashed if it is to be, and the body's length checked.
    private func preparedRequest() throws -> R2OperationRequest {
        var request = try operation.request()
        if case .provided(let length, let digest) = request.body {
            guard length == body.length else {
                throw R2KitError(
                    .invalidContentLength,
                    "\(Operation.name) announces \(length) bytes, and its body has \(body.length): make them agree")
            }
            if digest == nil, case .bytes(let bytes) = body.form, length <= core.configuration.signedBodyLimit {
                request.body = .provided(length: length, sha256: Payload.bytes(bytes.readableBytesView).headerValue)
            }
        } else if body.length > 0 {
            throw R2KitError(.invalidContentLength, "\(Operation.name) takes no body: leave it out")
        }
        return request
    }

    private func attempt<Result: Sendable>(
        _ request: R2OperationRequest, _ deadline: Duration?,
        _ read: @escaping @Sendable (Answer, Activity) async throws -> Result, _ tries: Tries
    ) async throws -> Swift.Result<Result, Fault> {
        let sentAt = core.surroundings.now()
        let clockOffset = core.clockOffset.current
        let signed = try core.signer.sign(request, at: sentAt.addingTimeInterval(clockOffset))
        let configuration = core.configuration
        let takesLong = Operation.mayFailWithSuccessStatus
        let activity = Activity(
            limit: takesLong ? configuration.completionTimeout : configuration.stallTimeout, deadline: deadline,
            elapsed: core.surroundings.elapsed)
        record.begins(tries)
        let outcome = await Exchange(
            request: signed, body: body, httpClient: core.httpClient, activity: activity, watchdog: core.watchdog,
            read: read
        ).run()
        record.ended(outcome.answer, activity, tries)
        let error: any Error
        switch outcome.result {
        case .success(let result): return .success(result)
        case .failure(let failure): error = failure
        }
        if Task.isCancelled { throw CancellationError() }
        if outcome.isSourceFailure { throw error }
        guard var fault = Fault(error, outcome.answer) else { throw error }
        fault.error.operation = Operation.name
        fault.error.key = operation.subject
        fault.middle = sentAt.addingTimeInterval(core.surroundings.now().timeIntervalSince(sentAt) / 2)
        fault.sentBytes = activity.ends()
        fault.hasAskedSource = activity.hasAskedSource
        fault.clockOffset = clockOffset
        fault.readRetryDate(now: core.surroundings.now().addingTimeInterval(core.clockOffset.current))
        return .failure(fault)
    }

    /// Waits before the next try, or throws the error that ends the call.
    private func prepareRetry(after fault: Fault, _ tries: inout Tries, _ began: Duration) async throws {
        let error = fault.error
        if fault.mayHaveArrived { tries.isUncertain = true }
        let canSendBodyAgain = body.isRepeatable || !fault.hasAskedSource
        let policy = core.configuration.retry
        guard canSendBodyAgain, !fault.isDeadline else { throw error }
        if !tries.hasCorrectedClock,
            core.clockOffset.learn(
                from: error, serverDate: fault.serverDate, middle: fault.middle, used: fault.clockOffset)
        {
            // The request was refused unseen, so that whatever it does has not been done.
            tries.hasCorrectedClock = true
            record.correctsClock(by: core.clockOffset.current)
        } else {
            guard tries.count < policy.maximumAttempts, RetryPolicy.isTransient(error) else { throw error }
            let delay = policy.delay(
                beforeRetry: tries.count, chance: core.surroundings.random(),
                retryAfter: error.retryAfter.map { .seconds($0) })
            guard let delay, core.budget.take() else { throw error }
            if let limit = client.timeLimit, core.surroundings.elapsed() - began + delay >= limit { throw error }
            record.retries(after: error, delay, tries)
            if operation.repetition == .additive, fault.mayHaveArrived { record.mayLeaveOne(tries) }
            try await core.surroundings.pause(delay)
        }
        if fault.sentBytes > 0 { body.onSent?(-Int(fault.sentBytes)) }
    }

    /// What the operation came to, if the error only says that an earlier try had done the work.
    private func recover(from fault: Fault, _ tries: Tries, _ deadline: Duration?) async -> (any Sendable)? {
        guard tries.isUncertain, fault.answer != nil, let operation = operation as? any LostAnswerRecovery else {
            return nil
        }
        let offset = fault.serverDate.map { $0.timeIntervalSince(fault.middle) } ?? fault.clockOffset
        // What it asks takes of the call's own time.
        let rest = deadline.map { max(.zero, $0 - core.surroundings.elapsed()) }
        return await operation.recoveredOutput(
            from: fault.error, since: tries.began.addingTimeInterval(offset), client.with(timeLimit: rest))
    }
}

/// What is known of the tries so far.
struct Tries: Sendable {
    /// How many have begun.
    var count = 0
    /// When the first began, on this machine's clock.
    let began: Date
    /// Whether one of them may have been carried out, though it was not answered with success.
    var isUncertain = false
    var hasCorrectedClock = false
}

/// Why a try failed.
struct Fault: Error {
    var error: R2Error
    /// What the server said of it, if it answered.
    let answer: Answer?
    /// Whether the request is known not to have reached the server.
    let isUnsent: Bool
    let isDeadline: Bool
    var middle = Date()
    /// How far the server's clock was taken to be ahead when the request was signed.
    var clockOffset: TimeInterval = 0
    var sentBytes: Int64 = 0
    /// Whether the body's own source was asked for bytes.
    var hasAskedSource = false

    var serverDate: Date? { answer?.date }

    /// Whether the request may have been carried out.
    var mayHaveArrived: Bool {
        if isUnsent { return false }
        guard let answer else { return true }
        // These say that it was refused. Others of their class come from in between, or from the middle of the work.
        let refusals: Set<R2Error.Code> = [.slowDown, .tooManyRequests, .serviceUnavailable, .requestTimeTooSkewed]
        return answer.status < 400 || answer.status >= 500 && !(answer.status == 503 && refusals.contains(error.code))
    }

    /// Makes seconds of a `Retry-After` that is a date, by the server's clock if the answer tells its time.
    mutating func readRetryDate(now: Date) {
        guard error.retryAfter == nil, let date = answer?.header("retry-after").flatMap(HTTPDate.parse) else { return }
        error.retryAfter = max(0, Int(date.timeIntervalSince(serverDate ?? now).rounded(.up)))
    }

    /// Takes an error apart; `nil` if it is none of R2's and none of the connection's.
    init?(_ error: any Error, _ answer: Answer?) {
        self.answer = answer
        if answer != nil, let error = error as? R2Error {
            self.error = error
            isUnsent = false
            isDeadline = false
        } else if let fault = TransportFault(error) {
            self.error = fault.error
            self.error.status = answer?.status
            isUnsent = fault.isUnsent && answer == nil
            isDeadline = fault.error == Stall.deadline.error
        } else {
            return nil
        }
    }
}
#endif
