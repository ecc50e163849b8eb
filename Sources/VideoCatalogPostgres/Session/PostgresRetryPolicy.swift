/// A policy for running a transaction again that PostgreSQL rolled back in favor of another one.
public struct PostgresRetryPolicy: Sendable, Hashable {
    /// The maximum number of attempts, including the first, from 1 to 100.
    public let attempts: Int
    /// The maximum pause before the second attempt, from 0 to 1 second.
    ///
    /// The maximum doubles for each later attempt, up to 1 second. Each pause is chosen at random up to the maximum, so
    /// that transactions that collided don't collide again.
    public let pause: Duration

    /// A policy of one attempt.
    public static let never = PostgresRetryPolicy(attempts: 1)
    /// A policy of five attempts, after serialization failures (SQLSTATE 40001) and deadlocks (40P01).
    public static let serializationFailures = PostgresRetryPolicy(attempts: 5)

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - attempts: The maximum number of attempts, clamped to 1 through 100.
    ///   - pause: The maximum pause before the second attempt, clamped to 0 through 1 second.
    public init(attempts: Int, pause: Duration = .milliseconds(20)) {
        self.attempts = min(100, max(1, attempts))
        self.pause = min(.seconds(1), max(.zero, pause))
    }

    /// Runs a function, and runs it again after a serialization failure.
    ///
    /// - Throws: The error of the last attempt. `CancellationError` if the task is canceled during a pause.
    nonisolated(nonsending) func run<Value>(
        _ body: nonisolated(nonsending) () async throws -> Value
    ) async throws -> Value {
        var maximum = pause
        for _ in 1..<attempts {
            do {
                return try await body()
            } catch let error as PostgresSessionError where error.isSerializationFailure {
                try await Task.sleep(for: maximum * Double.random(in: 0...1))
                maximum = min(.seconds(1), maximum * 2)
            }
        }
        return try await body()
    }
}
