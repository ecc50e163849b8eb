/// Lets a number of tasks in at a time, in the order in which they came.
actor Turnstile {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { free = places }

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

    /// Does something inside.
    func pass<Result: Sendable>(_ action: @Sendable () async throws -> Result) async throws -> Result {
        await enter()
        defer { leave() }
        return try await action()
    }
}
