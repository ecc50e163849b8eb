#if Storage
import R2Storage
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Time and chance as a test wants them: pauses take no time, and move the clocks on.
final class ManualSurroundings: Sendable {
    private struct State {
        var now: Date
        var elapsed: Duration = .zero
        var pauses: [Duration] = []
    }

    private let state: Mutex<State>
    private let chance: Double

    /// 2026-01-02T03:04:05Z.
    static let instant = Date(timeIntervalSince1970: 1_767_323_045)

    init(now: Date = instant, chance: Double = 0.5) {
        state = Mutex(State(now: now))
        self.chance = chance
    }

    /// The pauses so far.
    var pauses: [Duration] { state.withLock { $0.pauses } }

    func advance(by duration: Duration) {
        state.withLock { state in
            state.elapsed += duration
            state.now += duration / .seconds(1)
        }
    }

    var surroundings: Surroundings {
        Surroundings(
            now: { self.state.withLock { $0.now } }, elapsed: { self.state.withLock { $0.elapsed } },
            random: { [chance] in chance },
            pause: { duration in
                try Task.checkCancellation()
                self.state.withLock { $0.pauses.append(duration) }
                self.advance(by: duration)
            })
    }
}
#endif
