#if Storage
import Synchronization

/// Tells the first of a name from the later ones.
final class OnceOnly: Sendable {
    private let seen = Mutex<Set<String>>([])

    func isFirst(_ name: String) -> Bool { seen.withLock { $0.insert(name).inserted } }
}
#endif
