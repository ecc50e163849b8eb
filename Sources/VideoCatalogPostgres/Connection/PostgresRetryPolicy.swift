#if Postgres
/// How often a transaction is tried again that PostgreSQL gave up in favour of another.
public struct PostgresRetryPolicy: Sendable, Hashable {
    /// How often it is tried in all, at least once.
    public let attempts: Int
    /// The longest pause before the second try; each later one may be twice as long, 1 second at most.
    ///
    /// The pauses are random, so that those who got into each other's way do not meet again.
    public let pause: Duration

    /// Never again.
    public static let never = PostgresRetryPolicy(attempts: 1)
    /// After 40001, "serialization failure", and 40P01, "deadlock detected": 5 tries in all.
    public static let serializationFailures = PostgresRetryPolicy(attempts: 5)

    /// Describes a policy of one's own.
    ///
    /// - Parameters:
    ///   - attempts: How often it is tried in all; taken as 1 if it is less, and as 100 if it is more.
    ///   - pause: The longest pause before the second try, from 0 to 1 second.
    public init(attempts: Int, pause: Duration = .milliseconds(20)) {
        self.attempts = min(100, max(1, attempts))
        self.pause = min(.seconds(1), max(.zero, pause))
    }

    /// Runs something, and again after a serialization failure.
    ///
    /// - Parameter body: What is tried.
    /// - Returns: What it gave.
    /// - Throws: What the last try threw; `CancellationError` out of a pause.
    nonisolated(nonsending) func run<Value>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        var longest = pause
        for _ in 1..<attempts {
            do {
                return try await body()
            } catch let error as PostgresError where error.isSerializationFailure {
                try await Task.sleep(for: longest * Double.random(in: 0...1))
                longest = min(.seconds(1), longest * 2)
            }
        }
        return try await body()
    }
}
#endif
