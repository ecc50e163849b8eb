#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// Reads a range of one version of an object, and goes on where it was when the connection fails.
final class RangeReader: Sendable {
    /// A connection that has brought so many bytes before it failed counts as a success: 1 MiB.
    private static let forgivingLength: Int64 = 1024 * 1024

    private let client: R2Client
    private let key: ObjectKey
    private let customerKey: CustomerKey?
    private let etag: ETag
    /// The bytes of the whole object.
    private let size: Int64
    private let range: ClosedRange<Int64>
    /// Where the next byte belongs.
    private let position: Atomic<Int64>

    init(
        _ client: R2Client, _ key: ObjectKey, _ head: ObjectHead, _ range: ClosedRange<Int64>,
        _ customerKey: CustomerKey?
    ) {
        self.client = client
        self.key = key
        self.customerKey = customerKey
        etag = head.etag
        size = head.contentLength
        self.range = range
        position = Atomic(range.lowerBound)
    }

    /// Hands over the range's bytes in their order.
    /// - Throws: `R2Error`, ``TransferError`` if the object is another one now, and what `take` throws.
    func forEach(_ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws {
        let budget = client.core.budget
        // Since the last success.
        var failures = 0
        while true {
            let begin = position.load(ordering: .relaxed)
            guard begin <= range.upperBound else { return }
            do {
                try await read(from: begin, take)
                if failures > 0 { budget.succeeded(retried: true) }
            } catch let fault as ContentFault {
                if let failure = fault.error as? TakerFailure { throw failure.reason }
                guard let error = fault.error as? R2Error else { throw fault.error }
                let arrived = position.load(ordering: .relaxed) - begin
                if arrived >= Self.forgivingLength {
                    if failures > 0 { budget.succeeded(retried: true) }
                    failures = 0
                }
                failures += 1
                try await pause(after: error, failures: failures)
            }
        }
    }

    private func read(from begin: Int64, _ take: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws {
        let operation = GetObject(
            key, range: try .bytes(begin, through: range.upperBound),
            conditions: ObjectConditions(ifMatch: .tag(etag)), customerKey: customerKey)
        do {
            try await client.read(operation) { head in
                guard head.etag == self.etag, head.totalLength == self.size else {
                    throw TransferError.objectChanged(nil)
                }
            } _: { chunk in
                self.position.add(Int64(chunk.readableBytes), ordering: .relaxed)
                do { try await take(chunk) } catch { throw TakerFailure(error: error) }
            }
        } catch let error as R2Error where error.isPreconditionFailed || error.code == .invalidRange {
            throw TransferError.objectChanged(error)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            throw TransferError.objectChanged(error)
        }
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

/// What failed is whoever takes the bytes: reading on would leave out the chunk that it did not take.
private struct TakerFailure: Error {
    let error: any Error

    /// The error itself; or why the taker was cancelled, if it was not its task that was.
    var reason: any Error {
        guard error is CancellationError, !Task.isCancelled else { return error }
        return R2Error(.timedOut, "the content was given up while a chunk of it was being taken")
    }
}

extension TransferError {
    static func objectChanged(_ error: R2Error?) -> TransferError {
        TransferError(
            .objectChanged, "the object was changed or deleted since the download began: begin a new download",
            underlying: error)
    }

    static func otherVersion(_ error: R2Error?) -> TransferError {
        TransferError(
            .objectChanged,
            "the object is not the version that was asked for: ask for the one that is there, or for none",
            underlying: error)
    }
}
#endif
