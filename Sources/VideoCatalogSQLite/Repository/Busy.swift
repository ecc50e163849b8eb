#if SQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Waits for a lock that another connection holds, while the task is not cancelled.
///
/// SQLite's own waiting does not end before its time when the task is cancelled.
enum Busy {
    private static let step = Duration.milliseconds(5)

    /// Waits a little, on the thread of the connection.
    ///
    /// - Parameters:
    ///   - tries: How often the lock was tried before.
    ///   - limit: How long to wait in all.
    /// - Returns: Whether to try again.
    static func wait(_ tries: Int, atMost limit: Duration) -> Bool {
        guard step * tries < limit, !Task.isCancelled else { return false }
        usleep(5_000)
        return true
    }
}

#endif
