#if Storage
public import Metrics
public import Tracing

/// How an ``R2Client`` behaves.
public struct R2ClientConfiguration: Sendable {
    /// Which failed requests are sent again, how often and when.
    public var retry: RetryPolicy
    /// How long one call may take with all its tries; `nil` for no such limit.
    ///
    /// ``R2Client/with(timeLimit:)`` sets another one for single calls.
    public var timeLimit: Duration?
    /// How long a request may stand still: no byte sent, none received.
    ///
    /// What a body's own sequence takes to bring its bytes, and a reader to take them, does not count.
    public var stallTimeout: Duration
    /// The same for operations that R2 answers when the work is done: completions and copies.
    public var completionTimeout: Duration
    /// How long a shutdown waits for what is under way; `nil` for as long as it takes.
    ///
    /// What has not ended by then is given up: see ``R2Client/shutdown()``. The default of 20 s leaves transfers the
    /// time to abort, or to be kept, before most systems kill a process (30 s after they ask it to end).
    public var shutdownTimeLimit: Duration?
    /// Bodies of up to so many bytes that are at hand are hashed and signed, so that R2 checks them.
    ///
    /// Other bodies are not signed: over TLS they need not be, and hashing costs as much as sending. Zero signs none.
    public var signedBodyLimit: Int
    /// What makes the metrics; the bootstrapped one if `nil`.
    public var metricsFactory: (any MetricsFactory)?
    /// What records the spans; the bootstrapped one if `nil`.
    public var tracer: (any Tracer)?

    /// Combines the settings.
    /// - Parameters:
    ///   - retry: Which failed requests are sent again, how often and when.
    ///   - timeLimit: How long one call may take with all its tries.
    ///   - stallTimeout: How long a request may stand still.
    ///   - completionTimeout: How long a completion or a copy may be without a sign of life.
    ///   - shutdownTimeLimit: How long a shutdown waits for what is under way.
    ///   - signedBodyLimit: Up to how many bytes bodies at hand are signed.
    ///   - metricsFactory: What makes the metrics.
    ///   - tracer: What records the spans.
    public init(
        retry: RetryPolicy = RetryPolicy(), timeLimit: Duration? = nil, stallTimeout: Duration = .seconds(60),
        completionTimeout: Duration = .seconds(600), shutdownTimeLimit: Duration? = .seconds(20),
        signedBodyLimit: Int = 0,
        metricsFactory: (any MetricsFactory)? = nil, tracer: (any Tracer)? = nil
    ) {
        self.retry = retry
        self.timeLimit = timeLimit
        self.stallTimeout = stallTimeout
        self.completionTimeout = completionTimeout
        self.shutdownTimeLimit = shutdownTimeLimit
        self.signedBodyLimit = signedBodyLimit
        self.metricsFactory = metricsFactory
        self.tracer = tracer
    }
}
#endif
