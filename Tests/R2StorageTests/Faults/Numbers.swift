#if Storage
import Synchronization

/// Counts from 0 on, for several tasks.
final class Numbers: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}
#endif
