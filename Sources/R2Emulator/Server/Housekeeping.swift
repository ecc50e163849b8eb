#if Emulator
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Aborts old uploads and applies lifecycle rules, at most once a minute of the emulator's time.
final class Housekeeping: Sendable {
    private let store: ObjectStore
    private let last: Mutex<Date>

    init(_ store: ObjectStore) {
        self.store = store
        last = Mutex(store.clock.now)
    }

    /// Does what is due if a minute has passed since the last time, in either direction.
    func run() async throws {
        let now = store.clock.now
        let isDue = last.withLock { last in
            guard abs(now.timeIntervalSince(last)) >= 60 else { return false }
            last = now
            return true
        }
        if isDue { try await store.doWhatIsDue() }
    }
}
#endif
