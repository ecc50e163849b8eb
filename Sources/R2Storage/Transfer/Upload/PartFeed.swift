#if Storage
internal import R2Kit
internal import Synchronization

/// A part to send.
struct OutgoingPart: Sendable {
    let number: Int
    let content: PartContent
}

/// A source of parts for the tasks of an upload.
///
/// Each part goes to one task.
protocol PartFeed: Sendable {
    /// Returns the next part, or `nil` at the end.
    func next() async throws -> OutgoingPart?
    /// Releases the memory of a part that has been sent.
    func release()
}

/// A feed of parts from a source with random access: a file, or bytes in memory.
final class RandomAccessPartFeed: PartFeed {
    private let plan: PartPlan
    private let content: @Sendable (PartPlan.Part) -> PartContent
    private let last = Mutex(0)

    init(_ plan: PartPlan, content: @escaping @Sendable (PartPlan.Part) -> PartContent) {
        self.plan = plan
        self.content = content
    }

    func next() async throws -> OutgoingPart? {
        let number = last.withLock { last -> Int? in
            guard last < plan.count else { return nil }
            last += 1
            return last
        }
        guard let number else { return nil }
        return OutgoingPart(number: number, content: content(try plan.part(number)))
    }

    func release() {}
}
#endif
