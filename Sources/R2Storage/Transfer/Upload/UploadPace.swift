#if Storage
internal import Synchronization

/// The pace at which an upload adds requests, which depends on how fast the line is.
///
/// The first two parts are sent at once. On a line that is too slow for more, further requests would only take bytes
/// from each other: some would stand still for minutes, and an interruption would lose the unfinished parts of all.
final class UploadPace: Sendable {
    /// The number of requests that start at once.
    private static let initialCount = 2
    /// The rate that each request should get, in bytes per second: 32 KiB.
    private static let rate: Double = 32_768

    private let core: ClientCore
    private let startBytes: Int64
    private let start: Duration
    private let isOver = Atomic(false)

    /// Creates the pace of an upload that starts now.
    init(_ core: ClientCore) {
        self.core = core
        startBytes = core.connectionUse.sentBytes
        start = core.environment.elapsed()
    }

    /// Lets all requests start, because there are no more parts.
    func end() { isOver.store(true, ordering: .relaxed) }

    /// Waits until the line is fast enough for a request more.
    /// - Parameter count: The number of requests that have started.
    /// - Throws: A `CancellationError` if the task is canceled.
    func wait(after count: Int) async throws {
        while count >= Self.initialCount, !isOver.load(ordering: .relaxed), !isFastEnough(for: count) {
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func isFastEnough(for count: Int) -> Bool {
        // The bytes in the buffers of the connections say nothing about the line.
        let sent = core.connectionUse.sentBytes - startBytes - Int64(count) * ConnectionUse.bufferedLength
        let seconds = (core.environment.elapsed() - start) / Duration.seconds(1)
        return sent >= 0 && Double(sent) >= Double(count) * Self.rate * seconds
    }
}
#endif
