#if Storage
/// Cleans up although the task has been cancelled, within a time.
/// - Returns: Why it failed; `nil` if it did not.
func cleanup(within limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async -> (any Error)? {
    // A task of its own is not cancelled with this one, and is waited for, so that it does not outlive the transfer.
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

/// Cleaning up took too long, and was given up.
struct CleanupTimeout: Error, CustomStringConvertible {
    let limit: Duration
    var description: String { "it took more than \(limit)" }
}
#endif
