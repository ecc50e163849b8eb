#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// One run of a transfer, which shows progress, stores the state, and explains how to resume after an interruption.
struct TransferRun: Sendable {
    let config: R2Config
    /// The absolute path of the local file.
    let file: LocalPath
    /// The file for the state, or `nil` for a transfer that can't be resumed.
    let state: StateFile?
    /// The error that shows that the state can't be written, or `nil` if it can.
    let stateProblem: (any Error)?
    let display: ProgressDisplay
    /// A Boolean value that indicates whether an earlier run left the state.
    var isResumed = false
    /// A Boolean value that indicates whether a download replaces an existing file.
    var replacesFile = false

    /// The policy for what is left of a transfer that fails.
    ///
    /// Nothing is kept that the command couldn't find again.
    var failurePolicy: FailurePolicy { state != nil && stateProblem == nil ? .keepForResume : .abort }

    func run(_ upload: R2Upload) async throws -> UploadResult {
        try await run(progress: upload.progress, tokens: upload.tokens, stateToken: { .upload($0) }) {
            try await upload.run()
        }
    }

    func run(_ download: R2Download) async throws -> DownloadResult {
        try await run(progress: download.progress, tokens: download.tokens, stateToken: { .download($0) }) {
            try await download.run()
        }
    }

    private func run<Result: Sendable, Token: Sendable>(
        progress: some AsyncSequence<TransferProgress, Never> & Sendable,
        tokens: some AsyncSequence<Token, Never> & Sendable,
        stateToken: @escaping @Sendable (Token) -> TransferState.Token,
        transfer: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let interruption = Interruption()
        let outcome = await interruption.cancellingOnSignal { () -> Swift.Result<Result, any Error> in
            // Both end with the transfer.
            async let _ = display.show(progress)
            async let _ = store(tokens, stateToken: stateToken)
            do { return .success(try await transfer()) } catch { return .failure(error) }
        }
        switch outcome {
        case .success(let result):
            state?.remove()
            return result
        case .failure(let error): throw exitCode(after: error, interruption: interruption)
        }
    }

    /// Writes the latest state immediately, and then at most twice per second.
    private func store<Token: Sendable>(
        _ tokens: some AsyncSequence<Token, Never>, stateToken: @Sendable (Token) -> TransferState.Token
    ) async {
        guard state != nil else { return }
        var hasWarned = false
        for await token in tokens {
            if let stateProblem {
                return warn(
                    stateProblem,
                    "So nothing is kept if the transfer is interrupted. Choose another folder with --state-folder.")
            }
            do { try write(stateToken(token)) } catch {
                // The next attempt may succeed, such as after some space was freed.
                if !hasWarned { warn(error, "The command tries again.") }
                hasWarned = true
            }
            guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return }
        }
    }

    private func write(_ token: TransferState.Token) throws {
        try state?.write(TransferState(token, file: file, replacesFile: replacesFile, config: config))
    }

    private func warn(_ error: any Error, _ consequence: String) {
        let path = state?.path.printable ?? ""
        Terminal.write("r2: The state file \(path) can't be written (\(Failure(error).message)). \(consequence)")
    }

    /// Stores or removes the state, prints a message, and returns the exit code.
    private func exitCode(after error: any Error, interruption: Interruption) -> ExitCode {
        let failure = error as? TransferError
        let advice = storeLastToken(of: failure) ? resumption(after: failure) : removal(after: failure)
        guard failure?.code == .cancelled else {
            Terminal.write("r2: \(Failure(error).message)" + (advice.map { "\n\($0)" } ?? ""))
            return ExitCode(Failure(error).status)
        }
        let cleanup = failure?.cleanupError.map(Failure.message(ofCleanup:))
        let isClean = cleanup == nil && advice == nil
        let next = isClean ? "Nothing was kept: run the command again." : advice
        Terminal.write((["r2: Interrupted."] + [cleanup, next].compactMap(\.self)).joined(separator: " "))
        return ExitCode(interruption.status ?? ExitStatus.failed)
    }

    /// The errors after which nothing is left.
    private static let final: Set<TransferError.Code?> = [
        .uploadNotFound, .objectChanged, .preconditionFailed,
    ]

    /// Stores the token of a failed transfer, or removes the state if nothing is left.
    /// - Returns: A Boolean value that indicates whether the state file has a state of the transfer.
    private func storeLastToken(of error: TransferError?) -> Bool {
        guard let state else { return false }
        guard let token = error.flatMap(Self.token) else {
            // A resumed transfer that failed before changing anything keeps the earlier state.
            if isResumed, !Self.final.contains(error?.code) { return state.exists }
            state.remove()
            return false
        }
        do { try write(token) } catch {
            // An earlier state resumes the transfer, too.
            guard !state.hasState(of: token) else { return true }
            warn(error, "Choose another folder with --state-folder.")
            return false
        }
        return true
    }

    private static func token(of error: TransferError) -> TransferState.Token? {
        error.uploadToken.map { .upload($0) } ?? error.downloadToken.map { .download($0) }
    }
}
#endif
