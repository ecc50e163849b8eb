#if Storage
import ArgumentParser
import NIOCore
import R2Kit
import R2Storage

/// Downloads an object.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Downloads an object.",
        discussion: """
            The file appears when it is complete. A symbolic link stays, and the file that it names is replaced. With \
            - as the file, the content goes to standard output. Ctrl-C keeps a partial file in the same folder, and \
            "r2 resume" continues from there.
            """)

    @Argument(help: "The object's key.")
    var key: KeyArgument

    @Argument(
        help: """
            The file, a folder for it, or - for standard output. The default is the last component of the key, in the \
            current folder.
            """)
    var file: PathArgument?

    @Flag(help: "Replace an existing file.")
    var force = false

    @Option(help: "The number of bytes to request at a time, from 64K to 1G, such as 16M.")
    var rangeSize: ByteCount?

    @Option(help: "The ETag that the object must have, as r2 ls --json prints it.")
    var etag: String?

    @Flag(help: "Discard an unfinished download to this file, and start over.")
    var restart = false

    @OptionGroup var arguments: TransferArguments
    @OptionGroup var connection: ConnectionArguments

    func run() async throws {
        try await reportingFailures {
            if let file, file.isStandardStream { return try await getToStandardOutput(file.path) }
            let path = try target()
            try checkIsFree(path)
            if (try? path.kind()) == .other {
                throw Failure(
                    "\(path.printable) isn't a regular file: use - as the file, and redirect standard output to it.",
                    status: ExitStatus.cannotCreate)
            }
            let client = try connection.client()
            let state = try arguments.state(of: path, .download)
            let key = try await existingKey(client)
            try await state.whileLocked {
                try checkIsFree(path)
                if state.exists { try discard(state) }
                var run = arguments.run(for: path, state: state, config: client.config)
                run.replacesFile = force
                let options = try options(onFailure: run.failurePolicy)
                let target = DownloadTarget.file(path, replacesExisting: force)
                let result = try await run.run(client.makeDownload(key, to: target, options: options))
                try Output.line("\(path.printable): \(result.size) bytes, ETag \(result.etag.printed)")
            }
        }
    }

    private func checkIsFree(_ path: LocalPath) throws {
        guard force || !Paths.exists(path) else {
            throw Failure(
                "The file \(path.printable) already exists: choose another file, or add --force.",
                status: ExitStatus.cannotCreate)
        }
    }

    private func getToStandardOutput(_ path: LocalPath) async throws {
        let client = try connection.client()
        let key = try await existingKey(client)
        let download = client.makeDownload(
            key, to: .sink { chunk in try await StandardStreams.write(Array(chunk.readableBytesView)) },
            options: try options(onFailure: .abort))
        _ = try await arguments.run(for: path, state: nil, config: client.config).run(download)
    }

    private func options(onFailure policy: FailurePolicy) throws -> DownloadOptions {
        var options = DownloadOptions(
            etag: try etag.map { try ETag(parsing: $0) }, concurrency: arguments.concurrency, onFailure: policy)
        if let rangeSize { options.rangeLength = rangeSize.bytes }
        return options
    }

    private func target() throws -> LocalPath {
        let name = Keys.lastComponent(of: try Keys.composed(key.text))
        let path = try file.map { try Paths.absolute($0.path) }
        if let path, path.bytes.last != Keys.slash, !Paths.isFolder(path) { return path }
        let isName = !name.isEmpty && !name.contains(0) && name != [0x2E] && name != [0x2E, 0x2E]
        guard isName else {
            throw Failure("The key's last component can't be a file name: give the file.", status: ExitStatus.usage)
        }
        return try path?.appending(name) ?? Paths.absolute(LocalPath(bytes: name))
    }

    /// Returns the object's key.
    ///
    /// Throws if the object or the bucket is missing. The response to a HEAD request doesn't distinguish them.
    private func existingKey(_ client: R2Client) async throws -> ObjectKey {
        let candidates = try Keys.candidates(key.text, at: client.config.endpoint)
        if let key = try await Keys.existing(among: candidates, in: client) { return key }
        try await client.headBucket()
        throw Failure("The object \(key.text.printable) doesn't exist in the bucket \(client.config.bucket).")
    }

    private func discard(_ file: StateFile) throws {
        guard restart else {
            throw Failure(
                "This file has an unfinished download: continue with r2 resume \(file.path.quoted), or add --restart.")
        }
        // A state that can't be read, such as an empty file after a power cut, says nothing about a partial file.
        if case .download(let token)? = (try? file.read())?.token, let partial = token.partialFile {
            Paths.remove(partial)
        }
        file.remove()
    }
}
#endif
