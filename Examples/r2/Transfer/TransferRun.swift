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
    let display: ProgressDisplay
    /// A Boolean value that indicates whether an earlier run left the state.
    var isResumed = false

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
        for await token in tokens {
            do { try write(stateToken(token)) } catch { return warn(error) }
            guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return }
        }
    }

    private func write(_ token: TransferState.Token) throws {
        try state?.write(TransferState(token, file: file, config: config))
    }

    private func warn(_ error: any Error) {
        let path = state?.path.printable ?? ""
        Terminal.write(
            "r2: The state file \(path) can't be written (\(Failure(error).message)), so the "
                + "transfer can't be resumed after an interruption. Choose another folder with --state-folder.")
    }

    /// Stores or removes the state, prints a message, and returns the exit code.
    private func exitCode(after error: any Error, interruption: Interruption) -> ExitCode {
        let failure = error as? TransferError
        let isKept = storeLastToken(of: failure)
        var next =
            isKept ? "To resume: r2 resume \(state?.path.quoted ?? "")" : "Nothing was kept: run the command again."
        if isKept, Self.unresumable.contains(failure?.code) {
            next = "To abort the unfinished upload and start over: r2 put --restart \(file.quoted) …"
            if failure?.code == .sourceChanged, let total = failure?.uploadToken?.totalLength, total == file.size {
                next +=
                    "\nIf only the file's modification time moved: r2 resume --ignore-modification-time "
                    + (state?.path.quoted ?? "")
            }
        }
        if isKept, failure?.code == .uploadNotFound { next = "To start over: r2 put --restart \(file.quoted) …" }
        if isKept, failure?.code == .partialFileLost {
            next = "The state file is still there. To start over: r2 get --restart … \(file.quoted)"
        }
        guard failure?.code == .cancelled else {
            Terminal.write("r2: \(Failure(error).message)\(isKept ? "\n\(next)" : "")")
            return ExitCode(Failure(error).status)
        }
        Terminal.write("r2: Interrupted. \(next)")
        return ExitCode(interruption.status ?? ExitStatus.failed)
    }

    /// The errors after which parts are left, but can't be used.
    private static let unresumable: Set<TransferError.Code?> = [.sourceChanged, .partsDoNotFit]
    /// The errors after which nothing is left.
    private static let final: Set<TransferError.Code?> = [
        .uploadNotFound, .objectChanged, .preconditionFailed,
    ]

    private func storeLastToken(of error: TransferError?) -> Bool {
        let token: TransferState.Token? =
            error?.uploadToken.map { .upload($0) } ?? error?.downloadToken.map { .download($0) }
        guard let state else { return false }
        guard let token else {
            // A resumed transfer that failed before changing anything keeps the earlier state.
            if isResumed, !Self.final.contains(error?.code) { return state.exists }
            state.remove()
            return false
        }
        do { try write(token) } catch {
            warn(error)
            return false
        }
        return true
    }
}
#endif
