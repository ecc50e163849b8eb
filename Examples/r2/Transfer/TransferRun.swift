#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Runs a transfer: shows its progress, keeps its state, and says how to go on if it is interrupted.
struct TransferRun: Sendable {
    let config: R2Config
    /// The local file, as an absolute path.
    let file: String
    let state: StateFile
    let display: ProgressDisplay
    /// Whether an earlier run has left the state.
    var isResumed = false

    func run(_ upload: R2Upload) async throws -> UploadResult {
        try await run(upload.progress, upload.tokens, { .upload($0) }, { try await upload.run() })
    }

    func run(_ download: R2Download) async throws -> DownloadResult {
        try await run(download.progress, download.tokens, { .download($0) }, { try await download.run() })
    }

    private func run<Result: Sendable, Token: Sendable>(
        _ progress: TransferUpdates<TransferProgress>, _ tokens: TransferUpdates<Token>,
        _ stateToken: @escaping @Sendable (Token) -> TransferState.Token,
        _ transfer: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let interruption = Interruption()
        let outcome = await interruption.watching { () -> Swift.Result<Result, any Error> in
            // They end with the transfer, or when it does.
            async let _ = display.show(progress)
            async let _ = keep(tokens, stateToken)
            do { return .success(try await transfer()) } catch { return .failure(error) }
        }
        switch outcome {
        case .success(let result):
            state.remove()
            return result
        case .failure(let error): throw finish(error, interruption)
        }
    }

    /// Writes the newest state at once, and then twice a second.
    private func keep<Token: Sendable>(
        _ tokens: TransferUpdates<Token>, _ stateToken: @Sendable (Token) -> TransferState.Token
    ) async {
        for await token in tokens {
            do { try write(stateToken(token)) } catch { return warn(error) }
            guard (try? await Task.sleep(for: .milliseconds(500))) != nil else { return }
        }
    }

    private func write(_ token: TransferState.Token) throws {
        try state.write(TransferState(token, config, file: file))
    }

    private func warn(_ error: any Error) {
        Terminal.say(
            "r2: \(state.path) cannot be written (\(StateFile.reason(error))), so that the transfer could not be resumed if it were "
                + "interrupted. Name another folder with --state-folder.")
    }

    /// Leaves the last state, or none, and says what is to be said.
    private func finish(_ error: any Error, _ interruption: Interruption) -> any Error {
        let failure = error as? TransferError
        let isKept = keepLast(failure)
        var next =
            isKept ? "To go on: r2 resume \(Self.quoted(state.path))" : "Nothing is left of it: run the command again."
        if isKept, Self.lasting.contains(failure?.code) {
            next = "To give up what is left, and begin anew: r2 put --restart \(Self.quoted(file)) …"
        }
        guard failure?.code == .cancelled else {
            Terminal.say("r2: \(Failure(error).message)\(isKept ? "\n\(next)" : "")")
            return ExitCode(Failure(error).status)
        }
        Terminal.say("r2: Interrupted. \(next)")
        return ExitCode(interruption.status ?? ExitStatus.failed)
    }

    /// After these there is something left, but no way to go on.
    private static let lasting: Set<TransferError.Code?> = [.sourceChanged, .partsDoNotFit]
    /// After these there is nothing left.
    private static let final: Set<TransferError.Code?> = [
        .uploadNotFound, .objectChanged, .partialFileLost, .conditionFailed,
    ]

    private func keepLast(_ error: TransferError?) -> Bool {
        let token: TransferState.Token? =
            error?.uploadToken.map { .upload($0) } ?? error?.downloadToken.map { .download($0) }
        guard let token else {
            // A transfer that failed before it had gone on left what there was.
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

    /// The path as a shell takes it.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            "/._-+=:,@%".utf8.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        }
        guard !isPlain else { return path }
        return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
#endif
