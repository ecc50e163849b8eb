#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Goes on with an interrupted transfer.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with an interrupted put or get.",
        discussion: """
            What has been transferred is not transferred again. An upload is refused if its file has changed since it \
            began, a download if its object has.
            """)

    @Argument(help: "The state file that the interrupted command named, or the local file beside it.")
    var state: String

    @OptionGroup var arguments: TransferArguments

    func run() async throws {
        try await reporting {
            let file = try stateFile()
            let state = try file.read()
            let client = R2Client(try R2Config())
            try state.check(client.config)
            var run = arguments.run(client.config, state.file, file)
            run.isResumed = true
            switch state.token {
            case .upload(let token):
                let options = UploadOptions(concurrency: arguments.concurrency, onFailure: .keepForResume)
                let result = try await run.run(client.resuming(token, from: .file(state.file), options: options))
                let key = result.key.rawValue.printable
                print(
                    "\(key): \(result.size) bytes (\(result.bytesSent) sent just now), ETag \(result.etag.opaqueValue)")
            case .download(let token):
                let options = DownloadOptions(concurrency: arguments.concurrency, onFailure: .keepForResume)
                let result = try await run.run(client.resuming(token, to: .file(state.file), options: options))
                print(
                    "\(state.file): \(result.size) bytes (\(result.bytesReceived) received just now), "
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
            throw Failure("There are an upload and a download of \(path): name one of them by its state file.")
        }
        return found.first ?? StateFile(path: path)
    }
}
#endif
