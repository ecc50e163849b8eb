/// Resources that are costly to create, which tests use one after another.
package actor ResourcePool<Resource: Sendable> {
    private let limit: Int
    private let makeResource: @Sendable () async throws -> Resource
    private var free: [Resource] = []
    private var count = 0
    private var waiters: [CheckedContinuation<Void, Never>] = []

    /// Creates an empty pool.
    /// - Parameters:
    ///   - limit: The maximum number of resources at a time. Further tests wait.
    ///   - makeResource: A closure that creates a resource.
    package init(limit: Int, _ makeResource: @escaping @Sendable () async throws -> Resource) {
        (self.limit, self.makeResource) = (limit, makeResource)
    }

    /// Lends a resource to a function, which leaves it as it was.
    ///
    /// If the function throws, the resource isn't used again.
    package nonisolated func use(_ body: @Sendable (Resource) async throws -> Void) async throws {
        let resource = try await take()
        do {
            try await body(resource)
        } catch {
            await discard()
            throw error
        }
        await giveBack(resource)
    }

    private func take() async throws -> Resource {
        while free.isEmpty, count >= limit { await withCheckedContinuation { waiters.append($0) } }
        if let resource = free.popLast() { return resource }
        count += 1
        do {
            return try await makeResource()
        } catch {
            discard()
            throw error
        }
    }

    private func giveBack(_ resource: Resource) {
        free.append(resource)
        resumeFirstWaiter()
    }

    private func discard() {
        count -= 1
        resumeFirstWaiter()
    }

    private func resumeFirstWaiter() { if !waiters.isEmpty { waiters.removeFirst().resume() } }
}
