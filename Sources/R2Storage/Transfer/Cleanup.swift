#if Storage
/// Runs cleanup work within a time limit, even if the current task is cancelled.
/// - Returns: The error that stopped the work, or `nil` if the work succeeded.
func cleanup(within limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async -> (any Error)? {
    // An unstructured task isn't cancelled with this one. Awaiting it keeps it from outliving the transfer.
    let task = Task<(any Error)?, Never> {
        await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                do { try await work() } catch { return error }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return CleanupTimeout(limit: limit)
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
    return await task.value
}

/// An error that reports cleanup work that exceeded its time limit.
struct CleanupTimeout: Error, CustomStringConvertible {
    let limit: Duration
    var description: String { "Cleanup took longer than \(limit)." }
}
#endif
