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
    var state: String

    @OptionGroup var arguments: TransferArguments

    func run() async throws {
        try await reportingFailures {
            let file = try stateFile()
            let state = try file.read()
            let client = R2Client(try R2Config())
            try state.check(client.config)
            var run = arguments.run(for: state.file, state: file, config: client.config)
            run.isResumed = true
            switch state.token {
            case .upload(let token):
                let options = UploadOptions(concurrency: arguments.concurrency, onFailure: .keepForResume)
                let result = try await run.run(
                    client.makeUpload(resuming: token, from: .file(state.file), options: options))
                let key = result.key.rawValue.printable
                print(
                    "\(key): \(result.size) bytes (\(result.bytesSent) sent now), ETag \(result.etag.opaqueValue)")
            case .download(let token):
                let options = DownloadOptions(concurrency: arguments.concurrency, onFailure: .keepForResume)
                let result = try await run.run(
                    client.makeDownload(resuming: token, to: .file(state.file), options: options))
                print(
                    "\(state.file): \(result.size) bytes (\(result.bytesReceived) received now), "
                        + "ETag \(result.etag.opaqueValue)")
            }
        }
    }

    private func stateFile() throws -> StateFile {
        let path = Paths.absolute(state)
        let isState = StateFile.Direction.allCases.contains { path.hasSuffix($0.suffix) }
        if isState { return StateFile(path: path) }
        let found = StateFile.Direction.allCases.map { arguments.state(of: path, $0) }.filter(\.exists)
        guard found.count < 2 else {
            throw Failure(
                "\(path) has both an unfinished upload and an unfinished download: choose one by its state file.")
        }
        return found.first ?? StateFile(path: path)
    }
}
#endif
