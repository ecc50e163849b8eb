#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Downloads an object.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Downloads an object.",
        discussion: """
            The file appears when it is complete. Ctrl-C keeps a partial file in the same folder, and "r2 resume" \
            continues from there.
            """)

    @Argument(help: "The object's key.")
    var key: String

    @Argument(
        help: "The file, or a folder for it. The default is the last component of the key, in the current folder.")
    var file: String?

    @Flag(help: "Replace an existing file.")
    var force = false

    @Option(help: "The number of bytes to request at a time, from 64K to 1G, such as 16M.")
    var rangeSize: ByteCount?

    @Option(help: "The ETag that the object must have.")
    var etag: String?

    @Flag(help: "Discard an unfinished download to this file, and start over.")
    var restart = false

    @OptionGroup var arguments: TransferArguments

    func run() async throws {
        try await reportingFailures {
            let key = try ObjectKey(key)
            let path = try target(key)
            if Paths.exists(path), !force {
                throw Failure(
                    "The file \(path) already exists: choose another file, or add --force.",
                    status: ExitStatus.cannotCreate)
            }
            var options = DownloadOptions(
                etag: try etag.map { try ETag($0) }, concurrency: arguments.concurrency, onFailure: .keepForResume)
            if let rangeSize { options.rangeLength = rangeSize.bytes }
            let client = R2Client(try R2Config())
            let state = arguments.state(of: path, .download)
            if state.exists { try discard(state) }
            try await requireObject(key, client)
            let download = client.makeDownload(key, to: .file(path), options: options)
            let result = try await arguments.run(for: path, state: state, config: client.config).run(download)
            print("\(path): \(result.size) bytes, ETag \(result.etag.opaqueValue)")
        }
    }

    private func target(_ key: ObjectKey) throws -> String {
        let name = Paths.name(of: key.rawValue)
        guard let file else { return Paths.absolute(name) }
        let path = Paths.absolute(file)
        return Paths.isFolder(path) ? path + (path.hasSuffix("/") ? "" : "/") + name : path
    }

    /// Throws if the object or the bucket is missing.
    ///
    /// The response to a HEAD request doesn't distinguish them.
    private func requireObject(_ key: ObjectKey, _ client: R2Client) async throws {
        do {
            _ = try await client.head(key)
        } catch let error as R2Error where error.isNotFound {
            try await client.headBucket()
            throw Failure("The object \(key.rawValue.printable) doesn't exist in the bucket \(client.config.bucket).")
        }
    }

    private func discard(_ file: StateFile) throws {
        guard restart else {
            throw Failure(
                "This file has an unfinished download: continue with r2 resume \(file.path), or add --restart.")
        }
        if case .download(let token) = try file.read().token, let partial = token.partialPath {
            Paths.remove(partial)
        }
        file.remove()
    }
}
#endif
