#if Storage
#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Time, chance and pauses, which tests replace.
package struct Surroundings: Sendable {
    /// The wall clock, by which requests are signed.
    package var now: @Sendable () -> Date
    /// How long something has been running: a clock that is never set.
    package var elapsed: @Sendable () -> Duration
    /// Waits until that clock shows so much.
    package var sleep: @Sendable (_ elapsed: Duration) async throws -> Void
    /// A number from 0 up to, but not including, 1.
    package var random: @Sendable () -> Double
    /// Waits before a retry.
    package var pause: @Sendable (Duration) async throws -> Void

    /// Combines the five.
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

    /// The machine's own.
    package static let live: Surroundings = {
        let start = ContinuousClock.now
        return Surroundings(
            now: { Date() }, elapsed: { start.duration(to: .now) },
            sleep: { try await Task.sleep(until: start + $0) }, random: { Double.random(in: 0..<1) },
            pause: { try await Task.sleep(for: $0) })
    }()
}
#endif
