#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Downloads an object.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Downloads an object.",
        discussion: """
            The file appears when it is whole. Ctrl-C leaves what has been downloaded in a partial file beside it, and \
            "r2 resume" goes on from there.
            """)

    @Argument(help: "The object's key.")
    var key: String

    @Argument(help: "The file, or the folder that it goes to. By default the end of the key, in this folder.")
    var file: String?

    @Flag(help: "Replace the file if it is there.")
    var force = false

    @Option(help: "How much is asked for at a time, such as 16M; 64K to 1G.")
    var rangeSize: ByteCount?

    @Option(help: "The version that is wanted, by its ETag.")
    var etag: String?

    @Flag(help: "Give up an unfinished download to this file, and begin a new one.")
    var restart = false

    @OptionGroup var arguments: TransferArguments

    func run() async throws {
        try await reporting {
            let key = try ObjectKey(key)
            let path = try target(key)
            if Paths.exists(path), !force {
                throw Failure(
                    "There is a file \(path): name another one, or add --force.", status: ExitStatus.cannotCreate)
            }
            var options = DownloadOptions(
                version: try etag.map { try ETag($0) }, concurrency: arguments.concurrency, onFailure: .keepForResume)
            if let rangeSize { options.rangeLength = rangeSize.bytes }
            let client = R2Client(try R2Config())
            let state = arguments.state(of: path, .download)
            if state.exists { try giveUp(state) }
            try await checkThere(key, client)
            let download = client.downloading(key, to: .file(path), options: options)
            let result = try await arguments.run(client.config, path, state).run(download)
            print("\(path): \(result.size) bytes, ETag \(result.etag.opaqueValue)")
        }
    }

    private func target(_ key: ObjectKey) throws -> String {
        let name = Paths.name(of: key.rawValue)
        guard let file else { return Paths.absolute(name) }
        let path = Paths.absolute(file)
        return Paths.isFolder(path) ? path + (path.hasSuffix("/") ? "" : "/") + name : path
    }

    /// Tells a missing bucket from a missing object, which the answer to a HEAD does not.
    private func checkThere(_ key: ObjectKey, _ client: R2Client) async throws {
        do {
            _ = try await client.head(key)
        } catch let error as R2Error where error.isNotFound {
            try await client.headBucket()
            throw Failure("There is no object \(key.rawValue.printable) in the bucket \(client.config.bucket).")
        }
    }

    private func giveUp(_ file: StateFile) throws {
        guard restart else {
            throw Failure(
                "There is an unfinished download to this file. Go on with r2 resume \(file.path), or add --restart.")
        }
        if case .download(let token) = try file.read().token, let partial = token.partialPath {
            Paths.remove(partial)
        }
        file.remove()
    }
}
#endif
