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

/// One attempt: a request that is signed and sent once, and the result.
struct Attempt<Result: Sendable>: Sendable {
    private let request: R2SignedRequest
    private let body: R2RequestBody
    private let httpClient: HTTPClient
    private let watchdog: StallWatchdog
    private let activity: AttemptActivity
    private let connectionUse: ConnectionUse
    private let connectionTimeout: Duration
    private let elapsed: @Sendable () -> Duration
    private let read: @Sendable (StreamedResponse) async throws -> Result

    /// The result of an attempt, with the head of the response even if reading the rest failed.
    struct Outcome: Sendable {
        var result: Swift.Result<Result, any Error>
        var response: StreamedResponse?
        /// A Boolean value that indicates whether the source of the body failed, which no retry fixes.
        var isSourceFailure = false
    }

    init(
        _ request: R2SignedRequest, body: R2RequestBody, core: ClientCore, activity: AttemptActivity,
        read: @escaping @Sendable (StreamedResponse) async throws -> Result
    ) {
        self.request = request
        self.body = body
        httpClient = core.httpClient
        watchdog = core.watchdog
        connectionUse = core.connectionUse
        connectionTimeout = core.configuration.connectionTimeout
        elapsed = core.environment.elapsed
        self.activity = activity
        self.read = read
    }

    /// Sends the request and reads the response, until the watchdog or the task cancels it.
    func run() async -> Outcome {
        // The watchdog must be able to cancel the attempt without canceling the call.
        let task = Task { await sendAndRead() }
        watchdog.watch(activity) { _ in task.cancel() }
        defer { watchdog.unwatch(activity) }
        let outcome = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        guard let stall = activity.stall, case .failure(let error) = outcome.result, !(error is ObjectBodyError) else {
            return outcome
        }
        return Outcome(result: .failure(stall.error))
    }

    private func sendAndRead() async -> Outcome {
        var outcome = Outcome(result: .failure(CancellationError()))
        do {
            let httpResponse = try await send()
            activity.responseArrived(uncountedBytes: uncountedBytes)
            let response = StreamedResponse(httpResponse, activity)
            outcome.response = response
            guard httpResponse.history.count <= 1 else { throw UnexpectedRedirect() }
            outcome.result = .success(try await read(response))
        } catch {
            // A server that responds early also ends the body. Then its response counts, not the source's error.
            if !(error is R2Error), let sourceError = activity.sourceError {
                outcome.result = .failure(sourceError)
                outcome.isSourceFailure = true
            } else {
                outcome.result = .failure(error)
            }
        }
        return outcome
    }

    /// Sends the request as soon as there is a connection for it.
    ///
    /// Waiting while all connections are busy isn't a failure, as long as something moves on them. The pool stops
    /// waiting after the time in which a new connection should have been made. Nothing has been sent then, and the
    /// request is queued again.
    private func send() async throws -> HTTPClientResponse {
        var wait = ConnectionUse.Wait(connectionUse, limit: connectionTimeout, now: elapsed())
        let sentBytes = SentBytes(activity)
        let authorization = request.request.headerFields[.authorization]
        if let authorization { sentBytes.expect(authorization) }
        defer { sentBytes.finish(authorization) }
        while true {
            do {
                return try await httpClient.execute(message(sentBytes), deadline: .distantFuture)
            } catch let error as HTTPClientError where error == .getConnectionFromPoolTimeout {
                try Task.checkCancellation()
                try wait.check(at: elapsed())
                activity.progressed()
            }
        }
    }

    private func message(_ sentBytes: SentBytes) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.request.method.rawValue)
        for field in request.request.headerFields {
            message.headers.add(name: field.name.canonicalName, value: field.value)
        }
        message.headers.add(name: "host", value: request.request.authority ?? "")
        switch request.body {
        case .empty: break
        case .bytes(let bytes): message.body = .bytes(ByteBuffer(bytes: bytes))
        case .provided: message.body = body.httpBody(activity, sentBytes)
        }
        return message
    }

    /// The number of bytes that are passed to the HTTP client in one piece, without being counted on the way.
    private var uncountedBytes: Int64 {
        if case .provided = request.body { body.isSentInOnePiece ? body.length : 0 } else { request.body.length }
    }
}

/// The response to one attempt: status and headers, and a body that hasn't been read yet.
struct StreamedResponse: Sendable {
    let head: R2Response
    let body: HTTPClientResponse.Body
    let activity: AttemptActivity

    var status: Int { head.status }
    var isSuccess: Bool { (200..<300).contains(status) }
    /// The time on the server's clock.
    var date: Date? { head.headerFields[.date].flatMap(HTTPDate.parse) }
    var requestID: String? { self["x-amz-request-id"] }
    var cfRay: String? { self["cf-ray"] }

    init(_ response: HTTPClientResponse, _ activity: AttemptActivity) {
        var fields = HTTPFields()
        for (name, value) in response.headers {
            guard let name = HTTPField.Name(name) else { continue }
            fields.append(HTTPField(name: name, value: value))
        }
        head = R2Response(status: Int(response.status.code), headerFields: fields)
        body = response.body
        self.activity = activity
    }

    subscript(name: String) -> String? { HTTPField.Name(name).flatMap { head.headerFields[$0] } }

    /// Returns the response with its body, up to the length that the operation accepts.
    ///
    /// If the body is longer, the rest isn't read and the connection is closed.
    func collect(for operation: some R2Operation) async throws -> R2Response {
        let operationLimit = type(of: operation).maximumResponseLength
        // A body that the operation ignores is read anyway while it is short, so that the connection can be reused.
        let limit = isSuccess && operationLimit > 0 ? operationLimit : R2Response.maximumErrorLength
        if isSuccess, type(of: operation).streamsResponse { return head }
        var whole = head
        for try await chunk in body {
            activity.received(chunk.readableBytes)
            whole.body.append(contentsOf: chunk.readableBytesView)
            // From here on, the wait is for the network.
            activity.progressed()
            guard whole.body.count > limit else { continue }
            // The operation rejects a success that is too long. Of an error, the beginning is enough.
            if !isSuccess { whole.body.removeSubrange(limit...) }
            break
        }
        return whole
    }
}
#endif
