#if Storage
import R2Storage
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Time and chance as a test wants them: pauses take no time, and move the clocks on.
///
/// Besides, the clock of what stands still goes on as the machine's does, unless it is told to stand: then a busy machine
/// cannot be taken for a server that stands still.
final class ManualSurroundings: Sendable {
    private struct State {
        var now: Date
        /// How far the clocks were moved.
        var moved: Duration = .zero
        var pauses: [Duration] = []
        /// Who sleeps until when, on a clock that stands.
        var sleepers: [Int: (until: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var lastSleeper = 0
    }

    private let state: Mutex<State>
    private let chance: Double
    private let began: ContinuousClock.Instant?

    /// 2026-01-02T03:04:05Z.
    static let instant = Date(timeIntervalSince1970: 1_767_323_045)

    init(now: Date = instant, chance: Double = 0.5, stands: Bool = false) {
        state = Mutex(State(now: now))
        self.chance = chance
        began = stands ? nil : .now
    }

    /// The pauses so far.
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

    /// Moves a clock that stands, and waits until whoever looks at it has looked, and sleeps again.
    func pass(_ duration: Duration) async throws {
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

    var surroundings: Surroundings {
        Surroundings(
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
