#if Storage
internal import R2Kit
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The retries that a client and its copies have in reserve, counted in tenths of a retry.
final class RetryBudget: Sendable {
    private static let costOfRetry = 10
    private let capacity: Int
    private let tenths: Mutex<Int>

    init(_ policy: RetryPolicy) {
        // Limited so that no sum overflows, however large the configured budget is.
        capacity = min(policy.budget, Int.max / (2 * Self.costOfRetry)) * Self.costOfRetry
        tenths = Mutex(capacity)
    }

    /// Takes a retry from the reserve.
    ///
    /// Returns `false` if none is left.
    func take() -> Bool {
        tenths.withLock { tenths in
            guard tenths >= Self.costOfRetry else { return false }
            tenths -= Self.costOfRetry
            return true
        }
    }

    /// Refills the reserve after a success: by the last retry if there was one, otherwise by a tenth.
    func recordSuccess(wasRetried: Bool) {
        tenths.withLock { $0 = min(capacity, $0 + (wasRetried ? Self.costOfRetry : 1)) }
    }
}

extension ClientCore {
    /// Waits before a retry that isn't part of a single call, such as the rest of a range or of a deletion.
    /// - Parameters:
    ///   - retry: The number of the retry, starting at 1.
    ///   - operation: The name of the operation whose metrics count the retry, or `nil` if none do.
    /// - Returns: `false`, without waiting, if the policy or the budget doesn't allow the retry.
    /// - Throws: A `CancellationError` if the task is canceled.
    func pauseIfAllowed(beforeRetry retry: Int, of operation: String? = nil) async throws -> Bool {
        let policy = configuration.retry
        guard retry < policy.maximumAttempts,
            let delay = policy.delay(beforeRetry: retry, chance: environment.random(), retryAfter: nil), budget.take()
        else { return false }
        if let operation { telemetry.countRetry(of: operation) }
        try await environment.pause(delay)
        return true
    }
}

/// The offset of the server's clock from this machine's, measured when R2 rejects a request because of its time.
final class ClockOffset: Sendable {
    /// The smallest offset that explains a rejection, in seconds.
    ///
    /// S3 rejects signatures that are 15 minutes off. A fifth of that can't come from a slow response.
    private static let minimum: TimeInterval = 180

    private let seconds = Mutex<TimeInterval>(0)

    /// The offset in seconds.
    ///
    /// Positive if the server's clock is ahead.
    var current: TimeInterval { seconds.withLock { $0 } }

    /// Measures the offset from a rejected request.
    /// - Parameters:
    ///   - error: The server's error.
    ///   - serverDate: The `Date` header of the response.
    ///   - midpoint: The time halfway between sending and receiving, on this machine's clock.
    ///   - used: The offset that the request was signed with. Requests that were sent at the same time may have led to
    ///     a better one since.
    /// - Returns: `true` if signing again with the current offset may help.
    func learn(from error: R2Error, serverDate: Date?, midpoint: Date, used: TimeInterval) -> Bool {
        guard let serverDate, error.status == 403 || error.code == .requestTimeTooSkewed else { return false }
        // A response to HEAD has no code, and servers disagree about it. So a rejection counts as caused by the clock
        // only if the clocks, as far as corrected, disagree.
        let offset = serverDate.timeIntervalSince(midpoint)
        guard abs(offset - used) >= Self.minimum else { return false }
        seconds.withLock { $0 = offset }
        return true
    }

    /// Forgets an offset with which no request can be signed, because a response had a wrong date or this machine's
    /// clock was set since.
    ///
    /// An offset that was measured since stays.
    func forget(_ used: TimeInterval) { seconds.withLock { if $0 == used { $0 = 0 } } }
}
#endif
