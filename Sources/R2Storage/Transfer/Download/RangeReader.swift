#if Storage
internal import NIOCore
internal import R2Kit
internal import Synchronization

/// A reader of one range of an object, which continues at its position when the connection fails.
///
/// An object with a weak ETag is read as one range, which includes all of it. Such an ETag doesn't prove that two
/// responses belong to the same version, so the reader can't continue once bytes have arrived.
final class RangeReader: Sendable {
    /// The number of bytes that make a failed connection count as a success: 1 MiB.
    private static let progressLength: Int64 = 1024 * 1024

    private let client: R2Client
    private let key: ObjectKey
    private let customerKey: SSECustomerKey?
    private let etag: ETag
    /// A Boolean value that indicates whether the object is stored with a content coding.
    private let isEncoded: Bool
    /// The size of the whole object, in bytes.
    private let size: Int64
    private let range: ClosedRange<Int64>
    /// The offset of the next byte.
    private let position: Atomic<Int64>

    init(
        _ range: ClosedRange<Int64>, of key: ObjectKey, metadata: ObjectMetadata, customerKey: SSECustomerKey?,
        client: R2Client
    ) {
        self.range = range
        self.key = key
        self.customerKey = customerKey
        self.client = client
        etag = metadata.etag
        isEncoded = metadata.contentEncoding != nil
        size = metadata.contentLength
        position = Atomic(range.lowerBound)
    }

    /// Passes the range's bytes to a closure, in order.
    /// - Throws: An `R2Error` if the requests fail, a ``TransferError`` if the object has changed, and any error that
    ///   `consume` throws.
    func forEach(_ consume: @escaping @Sendable (ByteBuffer) async throws -> Void) async throws {
        let budget = client.core.budget
        // Failures since the last success.
        var failures = 0
        while true {
            let start = position.load(ordering: .relaxed)
            guard start <= range.upperBound else { return }
            do {
                try await read(from: start, consume)
                if failures > 0 { budget.recordSuccess(wasRetried: true) }
            } catch let failure as ObjectBodyError {
                if let failure = failure.underlyingError as? ConsumerFailure { throw failure.reason }
                guard let error = failure.underlyingError as? R2Error else { throw failure.underlyingError }
                let arrived = position.load(ordering: .relaxed) - start
                if etag.isWeak, arrived > 0 { throw error }
                if arrived >= Self.progressLength {
                    if failures > 0 { budget.recordSuccess(wasRetried: true) }
                    failures = 0
                }
                failures += 1
                try await pause(after: error, failures: failures)
            }
        }
    }

    private func read(
        from start: Int64, _ consume: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws {
        var operation =
            etag.isWeak
            ? GetObject(key, customerKey: customerKey)
            : GetObject(
                key, range: try .bytes(start, through: range.upperBound),
                conditions: ObjectConditions(precondition: .ifMatch(etag)), customerKey: customerKey)
        operation.acceptsContentCodings = isEncoded
        do {
            try await client.read(operation) { metadata in
                guard metadata.etag == self.etag, metadata.totalLength == self.size else {
                    throw TransferError.objectChanged(nil)
                }
            } _: { chunk in
                self.position.add(Int64(chunk.readableBytes), ordering: .relaxed)
                do { try await consume(chunk) } catch { throw ConsumerFailure(error: error) }
            }
        } catch let error as R2Error where error.isPreconditionFailed || error.code == .invalidRange {
            throw TransferError.objectChanged(error)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            throw TransferError.objectDeleted(error)
        }
    }

    /// Waits before the next attempt, or throws the error if there are no attempts left.
    private func pause(after error: R2Error, failures: Int) async throws {
        guard error.isRetryable, try await client.core.pauseIfAllowed(beforeRetry: failures) else { throw error }
    }
}

/// An error of the closure that consumes the bytes.
///
/// It ends the download: another attempt would skip the chunk that the closure didn't accept.
private struct ConsumerFailure: Error {
    let error: any Error

    /// The error itself, or a timeout if the closure was cancelled although its task wasn't.
    var reason: any Error {
        guard error is CancellationError, !Task.isCancelled else { return error }
        return R2Error(.timedOut, "The download timed out while a chunk of it was being processed.")
    }
}

extension TransferError {
    static func objectChanged(_ error: R2Error?) -> TransferError {
        TransferError(
            .objectChanged,
            "The object was changed after the download started: start a new download.", underlying: error)
    }

    static func objectDeleted(_ error: R2Error) -> TransferError {
        TransferError(.objectChanged, "The object was deleted after the download started.", underlying: error)
    }

    static func differentETag(_ error: R2Error?) -> TransferError {
        TransferError(
            .objectChanged,
            "The object doesn't have the requested ETag: request its current ETag, or leave out the option.",
            underlying: error)
    }
}
#endif
