#if Storage
internal import AsyncHTTPClient
internal import R2Kit

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The state that copies of a client share.
final class ClientCore: Sendable {
    let signer: R2RequestSigner
    let httpClient: HTTPClient
    let ownsHTTPClient: Bool
    let configuration: R2ClientConfiguration
    let environment: ClientEnvironment
    let budget: RetryBudget
    let clockOffset = ClockOffset()
    let gate = ShutdownGate()
    let watchdog: StallWatchdog
    let connectionUse: ConnectionUse
    let telemetry: Telemetry

    init(
        _ config: R2Config, _ httpClient: HTTPClient, ownsHTTPClient: Bool, _ configuration: R2ClientConfiguration,
        environment: ClientEnvironment
    ) {
        signer = R2RequestSigner(config)
        self.httpClient = httpClient
        self.ownsHTTPClient = ownsHTTPClient
        self.configuration = configuration
        self.environment = environment
        watchdog = StallWatchdog(environment)
        connectionUse = .shared(by: httpClient, config)
        budget = RetryBudget(configuration.retry)
        telemetry = Telemetry(configuration, config)
    }
}

/// The clocks, randomness and pauses of a client, which tests replace.
package struct ClientEnvironment: Sendable {
    /// Returns the wall-clock time, which requests are signed with.
    package var now: @Sendable () -> Date
    /// Returns the time on a monotonic clock, since an arbitrary start.
    package var elapsed: @Sendable () -> Duration
    /// Sleeps until the monotonic clock shows the given time.
    package var sleep: @Sendable (_ elapsed: Duration) async throws -> Void
    /// Returns a random number from 0 up to, but not including, 1.
    package var random: @Sendable () -> Double
    /// Waits before a retry.
    package var pause: @Sendable (Duration) async throws -> Void

    /// Creates an environment from its five functions.
    package init(
        now: @escaping @Sendable () -> Date, elapsed: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (_ elapsed: Duration) async throws -> Void, random: @escaping @Sendable () -> Double,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.now = now
        self.elapsed = elapsed
        self.sleep = sleep
        self.random = random
        self.pause = pause
    }

    /// The clocks and the random number generator of the system.
    package static let live: ClientEnvironment = {
        let start = ContinuousClock.now
        return ClientEnvironment(
            now: { Date() }, elapsed: { start.duration(to: .now) },
            sleep: { try await Task.sleep(until: start + $0) }, random: { Double.random(in: 0..<1) },
            pause: { try await Task.sleep(for: $0) })
    }()
}
#endif
