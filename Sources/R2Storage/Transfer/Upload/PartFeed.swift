#if Storage
internal import R2Kit
internal import Synchronization

/// A part to send.
struct OutgoingPart: Sendable {
    let number: Int
    let content: PartContent
}

/// Hands out the parts of an upload, each to one task.
protocol PartFeed: Sendable {
    /// The next part; `nil` if there is none left.
    func next() async throws -> OutgoingPart?
    /// A part's memory is not needed any more.
    func release()
}

/// The parts of a source of which every byte can be reached.
final class IndexedFeed: PartFeed {
    private let plan: PartPlan
    private let content: @Sendable (PartPlan.Part) -> PartContent
    private let last = Mutex(0)

    init(_ plan: PartPlan, _ content: @escaping @Sendable (PartPlan.Part) -> PartContent) {
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

/// The parts of a stream, in the order in which they have been filled.
final class StreamFeed: PartFeed {
    private struct State: Sendable {
        var parts: [OutgoingPart] = []
        /// How many parts are being filled, wait, or are being sent.
        var held = 0
        /// Whether the first part is all that there is, once that is known.
        var isWhole: Bool?
        var total: Int64?
    }

    private let capacity: Int
    private let state = Monitor(State())

    init(capacity: Int) { self.capacity = capacity }

    /// Waits until one more part may be held in memory.
    func reserve() async throws {
        try await state.wait { [capacity] state -> Void? in
            guard state.held < capacity else { return nil }
            state.held += 1
            return ()
        }
    }

    /// Hands over a part that is full, or the last.
    /// - Parameters:
    ///   - part: The part.
    ///   - isWhole: Whether it is all that there is.
    func append(_ part: OutgoingPart, isWhole: Bool) {
        state.change {
            $0.parts.append(part)
            $0.isWhole = $0.isWhole ?? isWhole
        }
    }

    /// There are no more parts.
    func finish(total: Int64) { state.change { $0.total = total } }

    func next() async throws -> OutgoingPart? {
        try await state.wait { state -> OutgoingPart?? in
            if !state.parts.isEmpty { return .some(state.parts.removeFirst()) }
            return state.total == nil ? nil : .some(nil)
        }
    }

    func release() { state.change { $0.held -= 1 } }

    /// The bytes of the whole stream, once its end has been seen.
    var total: Int64? { state.state.total }

    /// Waits for the first part, and returns it if it is the whole stream.
    func whole() async throws -> PartContent? {
        try await state.wait { state -> PartContent?? in
            guard let isWhole = state.isWhole else { return nil }
            return .some(isWhole ? state.parts.first?.content : nil)
        }
    }
}
#endif
