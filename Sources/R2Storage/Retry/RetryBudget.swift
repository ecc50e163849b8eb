#if Storage
internal import Synchronization

/// The retries that a client and its copies have in reserve, counted in tenths.
final class RetryBudget: Sendable {
    private static let costOfRetry = 10
    private let capacity: Int
    private let tenths: Mutex<Int>

    init(_ policy: RetryPolicy) {
        // So that no sum runs over, however large a budget is wished for.
        capacity = min(policy.budget, Int.max / (2 * Self.costOfRetry)) * Self.costOfRetry
        tenths = Mutex(capacity)
    }

    /// Takes a retry from the reserve; `false` if there is none.
    func take() -> Bool {
        tenths.withLock { tenths in
            guard tenths >= Self.costOfRetry else { return false }
            tenths -= Self.costOfRetry
            return true
        }
    }

    /// A request has succeeded: at once, or with its last retry, which it gives back.
    func succeeded(retried: Bool) {
        tenths.withLock { $0 = min(capacity, $0 + (retried ? Self.costOfRetry : 1)) }
    }
}
#endif
