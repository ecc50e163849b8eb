#if Storage
import Synchronization

/// A set that recognizes the first occurrence of a name.
final class OnceOnly: Sendable {
    private let seen = Mutex<Set<String>>([])

    func isFirst(_ name: String) -> Bool { seen.withLock { $0.insert(name).inserted } }
}
#endif
