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
    let stallTimeout: Duration
    let deadline: ContinuousClock.Instant?
    let read: @Sendable (Answer, Activity) async throws -> Result

    /// What the head of the answer said, even if the rest failed.
    struct Outcome: Sendable {
        var result: Swift.Result<Result, any Error>
        var answer: Answer?
        /// The body's own source failed, which no retry mends.
        var isSourceFailure = false
    }

    private enum Race: Sendable {
        case finished(Outcome)
        case stalled(Stall)
    }

    func run() async -> Outcome {
        await withTaskGroup(of: Race?.self) { group in
            group.addTask { .finished(await exchange()) }
            group.addTask {
                guard let stall = try? await activity.stall(limit: stallTimeout, deadline: deadline) else { return nil }
                return .stalled(stall)
            }
            var first: Race?
            while first == nil, let next = await group.next() { first = next }
            group.cancelAll()
            return switch first {
            case .finished(let outcome): outcome
            case .stalled(let stall): Outcome(result: .failure(stall.error))
            case nil: Outcome(result: .failure(CancellationError()))
            }
        }
    }

    private func exchange() async -> Outcome {
        var outcome = Outcome(result: .failure(CancellationError()))
        do {
            let response = try await response()
            activity.answered(of: request.body.length)
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
