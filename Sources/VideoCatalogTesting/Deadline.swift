/// A time limit for work that may never end.
enum Deadline {
    enum Outcome: Sendable {
        case finished
        case threw(any Error)
        case tookTooLong
        case cancelled
    }

    /// Runs work until a time limit.
    ///
    /// Work that doesn't end in time is canceled and abandoned. A task group would wait for it.
    static func run(within limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async -> Outcome {
        let (outcomes, outcome) = AsyncStream<Outcome>.makeStream()
        let worker = Task {
            do {
                try await work()
                outcome.yield(.finished)
            } catch {
                outcome.yield(.threw(error))
            }
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            outcome.yield(.tookTooLong)
        }
        defer {
            worker.cancel()
            timer.cancel()
        }
        for await first in outcomes { return first }
        return .cancelled
    }
}
