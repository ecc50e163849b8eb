#if Postgres
/// Pauses between attempts, of random length, so that those who collided do not do so again.
enum Backoff {
    /// Waits up to 4 ms before the second attempt, and up to twice as long before each further one, up to 128 ms.
    ///
    /// - Throws: `CancellationError`.
    static func pause(before attempt: Int) async throws {
        let longest = 1000 << min(max(attempt, 1), 6)
        try await Task.sleep(for: .microseconds(Int.random(in: 0...(2 * longest))))
    }
}
#endif
