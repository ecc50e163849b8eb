#if Storage
internal import R2Kit
internal import Synchronization

/// The state shared by uploads and downloads: each runs once, as one call that a shutdown waits for, and publishes its
/// progress and resume tokens.
final class TransferRunner<Token: Sendable>: Sendable {
    let meter = ProgressMeter()
    let latestToken = Monitor(LatestValue<Token>())
    private let hasRun = Atomic(false)

    /// Runs a transfer.
    /// - Parameters:
    ///   - name: The transfer's name in error messages, such as `upload`.
    ///   - client: The client that sends the requests.
    ///   - resumed: The token of the interrupted transfer that this one continues, if any.
    ///   - work: The transfer. Its client can send requests even after a shutdown has started.
    ///   - makeError: Creates the error for a transfer that the client didn't admit, and that has changed nothing.
    /// - Returns: The result of `work`.
    /// - Throws: The error of `work`, or the result of `makeError` for any error other than a ``TransferError``.
    func run<Result: Sendable>(
        _ name: String, by client: R2Client, resuming resumed: Token?,
        _ work: @escaping @Sendable (R2Client) async throws -> Result, makeError: (any Error) -> TransferError
    ) async throws(TransferError) -> Result {
        guard !hasRun.exchange(true, ordering: .relaxed) else {
            throw TransferError(.alreadyRun, "The \(name) has already run: create a new one for each run.")
        }
        defer {
            meter.finish()
            latestToken.change { $0.isFinished = true }
        }
        if let resumed { latestToken.change { $0.set(resumed) } }
        do {
            return try await client.withAdmission(work)
        } catch let error as TransferError {
            throw error
        } catch {
            throw makeError(error)
        }
    }
}
#endif
