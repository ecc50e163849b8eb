#if Storage
internal import AsyncHTTPClient
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import R2Kit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// One try: a signed request, sent once, and what came of it.
struct Exchange<Result: Sendable>: Sendable {
    let request: R2SignedRequest
    let body: R2RequestBody
    let httpClient: HTTPClient
    let activity: Activity
    let watchdog: Watchdog
    let read: @Sendable (Answer, Activity) async throws -> Result

    /// What the head of the answer said, even if the rest failed.
    struct Outcome: Sendable {
        var result: Swift.Result<Result, any Error>
        var answer: Answer?
        /// The body's own source failed, which no retry mends.
        var isSourceFailure = false
    }

    func run() async -> Outcome {
        // A task of its own, so that the watchdog can cancel it alone.
        let task = Task { await exchange() }
        watchdog.watch(activity) { _ in task.cancel() }
        defer { watchdog.leave(activity) }
        let outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        guard let stall = activity.stall, case .failure(let error) = outcome.result, !(error is ContentFault) else {
            return outcome
        }
        return Outcome(result: .failure(stall.error))
    }

    private func exchange() async -> Outcome {
        var outcome = Outcome(result: .failure(CancellationError()))
        do {
            let response = try await response()
            activity.answered(onePiece: lengthInOnePiece)
            let answer = Answer(response, activity)
            outcome.answer = answer
            guard response.history.count <= 1 else { throw Redirected() }
            outcome.result = .success(try await read(answer, activity))
        } catch {
            // A server that answers early ends the body as well: then its answer counts.
            if !(error is R2Error), let sourceError = activity.sourceError {
                outcome.result = .failure(sourceError)
                outcome.isSourceFailure = true
            } else {
                outcome.result = .failure(error)
            }
        }
        return outcome
    }

    /// Sends the request once there is a connection for it.
    ///
    /// That all connections are busy is no fault: the pool gives up waiting when a connection should long have been
    /// made, but nothing has been sent then, and the request queues up again.
    private func response() async throws -> HTTPClientResponse {
        while true {
            do {
                return try await httpClient.execute(message, deadline: .distantFuture)
            } catch let error as HTTPClientError where error == .getConnectionFromPoolTimeout {
                try Task.checkCancellation()
                activity.moved()
            }
        }
    }

    /// The bytes that are handed over at once, uncounted.
    private var lengthInOnePiece: Int64 {
        if case .provided = request.body { body.isOnePiece ? body.length : 0 } else { request.body.length }
    }

    private var message: HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.request.method.rawValue)
        for field in request.request.headerFields {
            message.headers.add(name: field.name.canonicalName, value: field.value)
        }
        message.headers.add(name: "host", value: request.request.authority ?? "")
        switch request.body {
        case .empty: break
        case .bytes(let bytes): message.body = .bytes(ByteBuffer(bytes: bytes))
        case .provided: message.body = body.outgoing(activity)
        }
        return message
    }
}

/// The HTTP client was redirected elsewhere.
struct Redirected: Error {}
#endif
