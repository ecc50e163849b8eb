#if Storage
internal import R2Kit
internal import Synchronization

/// What uploads and downloads have in common: they run once, as one call that a shutdown waits for, and tell how far they
/// have come and what they can be resumed with.
final class TransferState<Token: Sendable>: Sendable {
    let meter = ProgressMeter()
    let latestToken = Monitor(Latest<Token>())
    private let hasRun = Atomic(false)

    /// Runs a transfer.
    /// - Parameters:
    ///   - name: What it is, such as `an upload`.
    ///   - client: Who sends its requests.
    ///   - resumed: What an earlier transfer left, if this one goes on with it.
    ///   - work: The transfer, with the client that lets its requests pass a closed gate.
    ///   - refused: Words the error of one that was not let in, and has touched nothing.
    /// - Returns: What `work` returns.
    /// - Throws: What `work` throws, and what `refused` makes of any other error.
    func run<Result: Sendable>(
        _ name: String, by client: R2Client, resuming resumed: Token?,
        _ work: @escaping @Sendable (R2Client) async throws -> Result, refused: (any Error) -> TransferError
    ) async throws(TransferError) -> Result {
        guard !hasRun.exchange(true, ordering: .relaxed) else {
            throw TransferError(.alreadyRun, "\(name) is run once: make a new one")
        }
        defer {
            meter.finish()
            latestToken.change { $0.isFinished = true }
        }
        if let resumed { latestToken.change { $0.set(resumed) } }
        do {
            return try await client.whole(work)
        } catch let error as TransferError {
            throw error
        } catch {
            throw refused(error)
        }
    }
}
#endif
