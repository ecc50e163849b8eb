#if Storage
import R2Kit
import R2Storage
import Testing

/// The delays and decisions of a retry policy.
@Suite struct RetryPolicyTests {
    private let policy = RetryPolicy(
        baseDelay: .milliseconds(100), maximumDelay: .seconds(1), maximumRetryAfter: .seconds(60))

    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1000), (6, 1000), (60, 1000), (100_000, 1000)])
    func `bounds double up to the maximum`(_ retry: Int, _ milliseconds: Int) {
        #expect(policy.delay(beforeRetry: retry, chance: 0, retryAfter: nil) == .zero)
        #expect(policy.delay(beforeRetry: retry, chance: 0.5, retryAfter: nil) == .milliseconds(milliseconds) * 0.5)
        let longest = policy.delay(beforeRetry: retry, chance: 0.999, retryAfter: nil) ?? .zero
        #expect(longest < .milliseconds(milliseconds))
    }

    @Test func `the server's delay is a minimum`() {
        #expect(policy.delay(beforeRetry: 1, chance: 0, retryAfter: .seconds(7)) == .seconds(7))
        #expect(policy.delay(beforeRetry: 1, chance: 0.5, retryAfter: .seconds(7)) == .milliseconds(7050))
        #expect(policy.delay(beforeRetry: 1, chance: 0, retryAfter: .seconds(60)) == .seconds(60))
        #expect(policy.delay(beforeRetry: 1, chance: 0, retryAfter: .seconds(61)) == nil)
    }

    @Test(arguments: 400..<600)
    func `statuses of overload and of the edge are transient`(_ status: Int) {
        let transient: Set = [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527]
        let error = R2Error(.init("SomethingElse"), "", status: status)
        #expect(error.isRetryable == transient.contains(status))
    }

    @Test func `there is at least one attempt`() {
        #expect(RetryPolicy(maximumAttempts: 0).maximumAttempts == 1)
        #expect(RetryPolicy(maximumAttempts: -5, budget: -5).budget == 0)
    }
}
#endif
