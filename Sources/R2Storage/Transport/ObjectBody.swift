#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import R2Kit

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
#endif
