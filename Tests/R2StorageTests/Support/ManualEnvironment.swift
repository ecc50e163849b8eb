#if Storage
import R2Storage
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A client environment with clocks and random numbers that a test sets.
///
/// Delays take no time and advance the clocks.
///
/// The monotonic clock also runs as the machine's does, unless it is stopped. A stopped clock keeps a busy machine from
/// looking like a stalled server.
final class ManualEnvironment: Sendable {
    private struct State {
        var now: Date
        /// The time by which the clocks were advanced.
        var moved: Duration = .zero
        var pauses: [Duration] = []
        /// The sleepers on a stopped clock.
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var lastSleeper = 0
    }

    private let state: Mutex<State>
    private let chance: Double
    private let began: ContinuousClock.Instant?

    /// 2026-01-02T03:04:05Z.
    static let instant = Date(timeIntervalSince1970: 1_767_323_045)

    init(now: Date = instant, chance: Double = 0.5, isStopped: Bool = false) {
        state = Mutex(State(now: now))
        self.chance = chance
        began = isStopped ? nil : .now
    }

    /// The delays so far.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.moved += duration
            state.now += duration / .seconds(1)
            let due = state.sleepers.filter { $0.value.until <= state.moved }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.continuation)
        }
        for sleeper in woken { sleeper.resume() }
    }

    /// Advances a stopped clock, and waits until the watchdog has checked it and sleeps again.
    func advanceAndWait(by duration: Duration) async throws {
        try await settles { state.withLock { !$0.sleepers.isEmpty } }
        advance(by: duration)
        try await settles { state.withLock { !$0.sleepers.isEmpty } }
    }

    private var elapsed: Duration {
        state.withLock { $0.moved } + (began?.duration(to: .now) ?? .zero)
    }

    private func sleep(until elapsed: Duration) async throws {
        if began != nil { return try await Task.sleep(for: elapsed - self.elapsed) }
        let number = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver = state.withLock { state in
                    if Task.isCancelled || elapsed <= state.moved { return true }
                    state.sleepers[number] = (elapsed, continuation)
                    return false
                }
                if isOver { continuation.resume(with: Result { try Task.checkCancellation() }) }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number)?.continuation }?
                .resume(throwing: CancellationError())
        }
    }

    var environment: ClientEnvironment {
        ClientEnvironment(
            now: { self.state.withLock { $0.now } }, elapsed: { self.elapsed },
            sleep: { try await self.sleep(until: $0) }, random: { [chance] in chance },
            pause: { duration in
                try Task.checkCancellation()
                self.state.withLock { $0.pauses.append(duration) }
                self.advance(by: duration)
            })
    }
}
#endif
