#if Storage
internal import NIOCore
internal import R2Kit

/// The bytes of a range of one version of an object, which goes on where it was when the connection fails.
struct RangeBytes: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// After so many bytes a failed connection is not counted any more: 1 MiB.
    private static let forgivingLength: Int64 = 1024 * 1024

    let client: R2Client
    let key: ObjectKey
    let customerKey: CustomerKey?
    let etag: ETag
    /// The bytes of the whole object.
    let size: Int64
    let range: ClosedRange<Int64>

    struct AsyncIterator: AsyncIteratorProtocol {
        let bytes: RangeBytes
        var position: Int64
        var failures = 0
        var arrived: Int64 = 0
        var body: R2ObjectStream.Body.AsyncIterator?

        mutating func next() async throws -> ByteBuffer? {
            while position <= bytes.range.upperBound {
                if body == nil { body = try await bytes.open(at: position) }
                do {
                    guard let chunk = try await body?.next() else {
                        throw R2Error(.connectionFailed, "the content ended at byte \(position)")
                    }
                    position += Int64(chunk.readableBytes)
                    arrived += Int64(chunk.readableBytes)
                    if arrived >= RangeBytes.forgivingLength { failures = 0 }
                    return chunk
                } catch let error as R2Error {
                    body = nil
                    failures += 1
                    arrived = 0
                    try await bytes.pause(after: error, failures: failures)
                }
            }
            // Hearing of the end lets the connection be used again.
            _ = try? await body?.next()
            body = nil
            return nil
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(bytes: self, position: range.lowerBound) }

    private func open(at position: Int64) async throws -> R2ObjectStream.Body.AsyncIterator {
        let operation = GetObject(
            key, range: try .bytes(position, through: range.upperBound),
            conditions: ObjectConditions(ifMatch: .tag(etag)), customerKey: customerKey)
        let stream: R2ObjectStream
        do {
            stream = try await client.stream(operation)
        } catch let error as R2Error where error.isPreconditionFailed || error.code == .invalidRange {
            throw TransferError.objectChanged(error)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            throw TransferError.objectChanged(error)
        }
        guard stream.head.etag == etag, stream.head.totalLength == size else { throw TransferError.objectChanged(nil) }
        return stream.body.makeAsyncIterator()
    }

    /// Waits before the range is asked for again, or throws the error.
    private func pause(after error: R2Error, failures: Int) async throws {
        let core = client.core
        let policy = core.configuration.retry
        guard RetryPolicy.isTransient(error), failures < policy.maximumAttempts,
            let delay = policy.delay(beforeRetry: failures, chance: core.surroundings.random(), retryAfter: nil),
            core.budget.take()
        else { throw error }
        try await core.surroundings.pause(delay)
    }
}

extension TransferError {
    static func objectChanged(_ error: R2Error?) -> TransferError {
        TransferError(
            .objectChanged, "the object was changed or deleted since the download began: begin a new download",
            underlying: error)
    }
}
#endif
