/// A limiter for the number of tasks that run at a time, in the order of their arrival.
actor ConcurrencyLimiter {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(limit: Int) { free = limit }

    private func enter() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func leave() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }

    /// Runs an action when a place is free.
    func run<Result: Sendable>(_ action: @Sendable () async throws -> Result) async throws -> Result {
        await enter()
        defer { leave() }
        return try await action()
    }
}
