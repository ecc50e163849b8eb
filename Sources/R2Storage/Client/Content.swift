#if Storage
internal import AsyncHTTPClient
internal import NIOCore
internal import R2Kit

/// The content of an object while it arrives: counted, and exactly as long as was announced.
struct Content: Sendable {
    let answer: Answer
    /// What is told of the object.
    let head: ObjectHead
    /// Words an error of the operation's answer.
    let problem: @Sendable (String) -> R2Error
    /// Is told of each chunk's bytes.
    var count: (@Sendable (Int) -> Void)?

    var activity: Activity { answer.activity }
    /// How many bytes were announced.
    private var length: Int64 { head.contentLength }

    /// Hands over chunk after chunk, until the end or until `take` returns `false`.
    /// - Throws: `R2Error` if the content breaks off, stands still or is not as long as announced; and what `take` throws.
    func forEach(_ take: (ByteBuffer) async throws -> Bool) async throws {
        var arrived: Int64 = 0
        do {
            activity.contentBegins()
            var chunks = answer.body.makeAsyncIterator()
            while let chunk = try await next(&chunks, arrived) {
                arrived += Int64(chunk.readableBytes)
                activity.received(chunk.readableBytes)
                count?(chunk.readableBytes)
                guard arrived <= length else {
                    throw problem("the answer has more than the \(length) bytes that it announced")
                }
                guard try await take(chunk) else { return }
                activity.moved()
            }
            guard arrived == length else {
                throw broken("the answer ended after \(arrived) of \(length) bytes", .connectionFailed)
            }
        } catch let error as CancellationError {
            // The watchdog gives up by cancelling the task.
            guard let stall = activity.stall?.error else { throw error }
            throw broken(stall.message, stall.code)
        }
    }

    private func next(
        _ chunks: inout HTTPClientResponse.Body.AsyncIterator, _ arrived: Int64
    ) async throws -> ByteBuffer? {
        do { return try await chunks.next() } catch {
            guard let fault = TransportFault(error) else { throw error }
            throw broken(
                "the answer broke off after \(arrived) of \(length) bytes: \(fault.error.message)", fault.error.code)
        }
    }

    func broken(_ message: String, _ code: R2Error.Code) -> R2Error {
        var error = problem(message)
        error.code = code
        return error
    }
}

extension Answer {
    /// The content that an answer brings.
    /// - Throws: `R2Error` if the answer is an error, or brings none.
    func content(of operation: GetObject) async throws -> Content {
        guard (200..<300).contains(status) else {
            _ = try operation.output(from: try await whole(for: operation))
            throw problem("the answer is no content", of: operation)
        }
        return Content(answer: self, head: try operation.output(from: head)) { self.problem($0, of: operation) }
    }
}

/// What went wrong after an object's content had begun to arrive, so that the call cannot begin again.
struct ContentFault: Error {
    let error: any Error
}
#endif
