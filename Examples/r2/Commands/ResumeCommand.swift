#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Resumes an interrupted transfer.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Resumes an interrupted put or get.",
        discussion: """
            Doesn't repeat what has been transferred. Fails if the file of an upload or the object of a download has \
            changed since the transfer started.
            """)

    @Argument(help: "The state file printed by the interrupted command, or the local file.")
    var state: PathArgument

    @Flag(help: "Replace a file that exists at the path of a download. Not needed if the get had this option.")
    var force = false

    @Flag(help: "Accept a file whose modification time moves by itself, as on some network file systems.")
    var ignoreModificationTime = false

    @OptionGroup var arguments: TransferArguments
    @OptionGroup var connection: ConnectionArguments

    func run() async throws {
        try await reportingFailures {
            let stateFile = try stateFile()
            try await stateFile.whileLocked { try await resume(stateFile) }
        }
    }

    private func resume(_ stateFile: StateFile) async throws {
        let state = try stateFile.read()
        let client = try connection.client()
        try state.check(client.config)
        let file = currentPath(of: state, at: stateFile.path)
        var run = arguments.run(for: file, state: stateFile, config: client.config)
        run.isResumed = true
        run.replacesFile = force || state.replacesFile
        switch state.token {
        case .upload(let token):
            let options = UploadOptions(
                concurrency: arguments.concurrency, onFailure: run.failurePolicy,
                ignoresModificationTime: ignoreModificationTime)
            let result = try await run.run(client.makeUpload(resuming: token, from: .file(file), options: options))
            try Output.line(
                "\(result.key.rawValue.printable): \(result.size) bytes (\(result.bytesSent) sent now), "
                    + "ETag \(result.etag.printed)")
        case .download(let token):
            let options = DownloadOptions(concurrency: arguments.concurrency, onFailure: run.failurePolicy)
            let target = DownloadTarget.file(file, replacesExisting: run.replacesFile)
            let result = try await run.run(client.makeDownload(resuming: token, to: target, options: options))
            try Output.line(
                "\(file.printable): \(result.size) bytes (\(result.bytesReceived) received now), "
                    + "ETag \(result.etag.printed)")
        }
    }

    /// Returns the path of the local file, which may have moved together with its folder and its state file.
    private func currentPath(of state: TransferState, at statePath: LocalPath) -> LocalPath {
        let moved = LocalPath(bytes: statePath.folder.bytes + state.file.lastComponent)
        switch state.token {
        case .upload: return !Paths.exists(state.file) && Paths.exists(moved) ? moved : state.file
        case .download(let token):
            guard let partial = token.partialFile, !Paths.exists(partial) else { return state.file }
            let isBeside = Paths.exists(LocalPath(bytes: statePath.folder.bytes + partial.lastComponent))
            return isBeside || !Paths.isFolder(state.file.folder) ? moved : state.file
        }
    }

    private func stateFile() throws -> StateFile {
        let path = try Paths.absolute(state.path)
        let isState = StateFile.Direction.allCases.contains { path.bytes.ends(with: $0.suffix.utf8) }
        if isState { return StateFile(path: path) }
        let found = try StateFile.Direction.allCases.map { try arguments.state(of: path, $0) }.filter(\.exists)
        guard found.count < 2 else {
            throw Failure(
                "\(path.printable) has both an unfinished upload and an unfinished download: choose one by its state "
                    + "file.")
        }
        if let found = found.first { return found }
        // A state file may have been renamed.
        let renamed = StateFile(path: path)
        guard (try? renamed.read()) != nil else {
            let name = path.printable
            throw Failure(
                "There is no unfinished transfer of \(name): neither \(name)\(StateFile.Direction.upload.suffix) nor "
                    + "\(name)\(StateFile.Direction.download.suffix) exists. Give the --state-folder that you used.",
                status: ExitStatus.noInput)
        }
        return renamed
    }
}

extension [UInt8] {
    fileprivate func ends(with ending: String.UTF8View) -> Bool { suffix(ending.count).elementsEqual(ending) }
}
#endif
