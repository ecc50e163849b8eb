#if Storage
package import R2Kit

/// Which failed requests are sent again, how often and when.
///
/// Sent again are requests that R2 could not serve at that moment (408, 429, 500, 502 to 504, 520 to 527, and error codes
/// that mean the same), and those whose connection failed or stood still; never one whose body cannot be brought a
/// second time. A request that begins an upload is sent again too: an earlier one that was carried out unheard leaves an
/// upload without parts. Pauses grow exponentially, each drawn by lot between nothing and its bound ("full jitter").
public struct RetryPolicy: Sendable, Hashable {
    /// The most tries, the first included; at least 1.
    public var maximumAttempts: Int
    /// The bound of the first pause; each later one is twice as long.
    public var baseDelay: Duration
    /// The bound that pauses do not grow beyond.
    public var maximumDelay: Duration
    /// The longest `Retry-After` that is waited for; if the server asks for more, its error is thrown at once.
    public var maximumRetryAfter: Duration
    /// How many retries a client and its copies may have in reserve.
    ///
    /// Each retry takes one. One that succeeds gives it back, and each success without a retry gives a tenth. When none is
    /// left, errors are thrown at once, so that a server in trouble is not asked five times as often.
    public var budget: Int

    /// Combines the settings.
    /// - Parameters:
    ///   - maximumAttempts: The most tries, the first included; less than 1 counts as 1.
    ///   - baseDelay: The bound of the first pause.
    ///   - maximumDelay: The bound that pauses do not grow beyond.
    ///   - maximumRetryAfter: The longest `Retry-After` that is waited for.
    ///   - budget: How many retries may be in reserve.
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

    /// No retries.
    public static let none = RetryPolicy(maximumAttempts: 1, budget: 0)
}

extension RetryPolicy {
    /// The pause before a retry.
    /// - Parameters:
    ///   - retry: Which retry it is, from 1 on.
    ///   - chance: A number from 0 up to, but not including, 1.
    ///   - retryAfter: How long the server wants to be left alone.
    /// - Returns: The pause; `nil` if the server wants more than is waited for.
    package func delay(beforeRetry retry: Int, chance: Double, retryAfter: Duration?) -> Duration? {
        if let retryAfter, retryAfter > maximumRetryAfter { return nil }
        var bound = min(baseDelay, maximumDelay)
        for _ in 1..<max(1, retry) where bound < maximumDelay { bound = min(bound * 2, maximumDelay) }
        // Whoever is told to wait waits at least that long, and not all come back at once.
        return (retryAfter ?? .zero) + bound * chance
    }

    /// Statuses of what passes.
    private static let transientStatuses: Set<Int> = [
        408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527,
    ]

    /// Whether the same request may succeed a little later.
    ///
    /// Narrower than ``R2Error/isRetryable`` by the statuses that nobody knows.
    package static func isTransient(_ error: R2Error) -> Bool {
        guard error.isRetryable else { return false }
        guard let status = error.status, status >= 500 else { return true }
        return transientStatuses.contains(status)
    }
}
#endif
