#if Storage
import Synchronization

/// A counter from 0 for several tasks.
final class Numbers: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}
#endif
