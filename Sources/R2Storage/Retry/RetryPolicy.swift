#if Storage
/// A policy that decides which failed requests are retried, how often and when.
///
/// A request is retried if `R2Error.isRetryable` says that it may succeed a little later: R2 couldn't serve it at that
/// moment, or its connection failed or stalled. A request whose body can't be provided a second time is never retried.
/// A request that creates a multipart upload is retried too: if an earlier attempt was carried out but its response was
/// lost, an upload without parts remains.
///
/// Delays grow exponentially, and each one is drawn at random between zero and its bound ("full jitter").
public struct RetryPolicy: Sendable, Hashable {
    /// The maximum number of attempts including the first, at least 1.
    public var maximumAttempts: Int
    /// The bound of the first delay.
    ///
    /// The bound doubles with each further delay.
    public var baseDelay: Duration
    /// The largest bound of a delay.
    public var maximumDelay: Duration
    /// The longest `Retry-After` that the client waits for.
    ///
    /// If the server requests more, its error is thrown at once.
    public var maximumRetryAfter: Duration
    /// The number of retries that a client and its copies have in reserve.
    ///
    /// Each retry takes one. A retry that succeeds returns it, and each success without a retry adds a tenth. When none
    /// is left, errors are thrown at once, so that a server in trouble doesn't receive several times the usual load.
    public var budget: Int

    /// Creates a policy.
    /// - Parameters:
    ///   - maximumAttempts: The maximum number of attempts including the first. Values below 1 count as 1.
    ///   - baseDelay: The bound of the first delay.
    ///   - maximumDelay: The largest bound of a delay.
    ///   - maximumRetryAfter: The longest `Retry-After` that the client waits for.
    ///   - budget: The number of retries in reserve. Negative values count as 0.
    public init(
        maximumAttempts: Int = 5, baseDelay: Duration = .milliseconds(200), maximumDelay: Duration = .seconds(10),
        maximumRetryAfter: Duration = .seconds(60), budget: Int = 100
    ) {
        self.maximumAttempts = max(1, maximumAttempts)
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
        self.maximumRetryAfter = maximumRetryAfter
        self.budget = max(0, budget)
    }

    /// A policy without retries.
    public static let none = RetryPolicy(maximumAttempts: 1, budget: 0)
}

extension RetryPolicy {
    /// Returns the delay before a retry.
    /// - Parameters:
    ///   - retry: The number of the retry, starting at 1.
    ///   - chance: A random number from 0 up to, but not including, 1.
    ///   - retryAfter: The delay that the server requested.
    /// - Returns: The delay, or `nil` if the server requested more than the policy allows.
    package func delay(beforeRetry retry: Int, chance: Double, retryAfter: Duration?) -> Duration? {
        if let retryAfter, retryAfter > maximumRetryAfter { return nil }
        var bound = min(baseDelay, maximumDelay)
        for _ in 1..<max(1, retry) where bound < maximumDelay { bound = min(bound * 2, maximumDelay) }
        // The server's delay is a minimum. The random part keeps clients from returning all at once.
        return (retryAfter ?? .zero) + bound * chance
    }
}
#endif
