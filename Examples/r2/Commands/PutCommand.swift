#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Uploads a file.
struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Uploads a file.",
        discussion: """
            Sends a large file in parts. With - as the file, it reads standard input, and needs a key. It holds \
            --concurrency parts of standard input in memory, and can send 10,000 parts: up to 78 GiB, or more with a \
            larger --part-size of up to 1G. Ctrl-C keeps \
            the uploaded parts, and "r2 resume" continues from there, except for standard input. R2 stores and bills \
            unfinished parts until the bucket's lifecycle rule removes them, by default after seven days.
            """)

    @Argument(help: "The file, or - for standard input.")
    var file: PathArgument

    @Argument(help: "The object's key. A key that ends with / gets the file's name. The default is the file's name.")
    var key: KeyArgument?

    @Option(help: "The media type. The default depends on the file's extension.")
    var contentType: String?

    @Option(help: "The Cache-Control header of responses, such as max-age=3600.")
    var cacheControl: String?

    @Option(help: "User metadata as NAME=VALUE. The value can be empty. Repeat it for several entries.")
    var metadata: [String] = []

    @Flag(help: "Fail if the object already exists.")
    var ifAbsent = false

    @Option(help: "The size of each part, at least 5M, such as 16M.")
    var partSize: ByteCount?

    @Option(help: "The checksum that R2 verifies for each part: crc32, crc32c, or md5.")
    var checksum: ChecksumArgument?

    @Flag(help: "Abort an unfinished upload of this file, and start over.")
    var restart = false

    @Flag(help: "Accept a file whose modification time moves by itself, as on some network file systems.")
    var ignoreModificationTime = false

    @OptionGroup var arguments: TransferArguments
    @OptionGroup var connection: ConnectionArguments

    mutating func validate() throws {
        for entry in metadata where !entry.utf8.contains(UInt8(ascii: "=")) {
            throw ValidationError("Invalid --metadata: expected NAME=VALUE.")
        }
        var names: Set<String> = []
        for entry in metadata {
            let name = String(Substring(entry.utf8.prefix { $0 != UInt8(ascii: "=") }))
            guard names.insert(name).inserted else {
                throw ValidationError("Duplicate --metadata: \(name.printable) has two values. Give one.")
            }
        }
    }

    func run() async throws {
        try await reportingFailures {
            if file.isStandardStream { return try await putStandardInput() }
            let path = try Paths.absolute(file.path)
            guard let kind = try path.kind() else {
                throw Failure("The file \(path.printable) doesn't exist.", status: ExitStatus.noInput)
            }
            guard kind != .folder else {
                throw Failure("\(path.printable) is a folder: choose a file.", status: ExitStatus.noInput)
            }
            guard kind == .regular else {
                throw Failure(
                    "\(path.printable) isn't a regular file: use - as the file, and redirect standard input from it.",
                    status: ExitStatus.noInput)
            }
            let key = try objectKey(path.lastComponent)
            var options = try options(path.lastComponent)
            let client = try connection.client()
            let state = try arguments.state(of: path, .upload)
            try await state.whileLocked {
                if state.exists { try await discard(state, client) }
                let run = arguments.run(for: path, state: state, config: client.config)
                options.onFailure = run.failurePolicy
                try report(try await run.run(client.makeUpload(.file(path), to: key, options: options)))
            }
        }
    }

    private func putStandardInput() async throws {
        guard let key, key.text.utf8.last != Keys.slash else {
            throw Failure("Standard input has no name: give the object's key.", status: ExitStatus.usage)
        }
        var options = try options(Keys.lastComponent(of: key.text))
        let client = try connection.client()
        // Standard input can't be read again.
        let run = arguments.run(for: file.path, state: nil, config: client.config)
        options.onFailure = run.failurePolicy
        let upload = client.makeUpload(.stream(StandardStreams.Input()), to: try ObjectKey(key.text), options: options)
        try report(try await run.run(upload))
    }

    private func report(_ result: UploadResult) throws {
        try Output.line("\(result.key.rawValue.printable): \(result.size) bytes, ETag \(result.etag.printed)")
    }

    /// Returns the key for a file with the given name.
    private func objectKey(_ name: [UInt8]) throws -> ObjectKey {
        if let key, key.text.utf8.last != Keys.slash { return try ObjectKey(key.text) }
        guard let name = LocalPath(bytes: name).exactString else {
            throw Failure("The file's name isn't UTF-8, but keys are: give the object's key.", status: ExitStatus.usage)
        }
        return try ObjectKey((key?.text ?? "") + name)
    }

    private func options(_ name: [UInt8]) throws -> UploadOptions {
        var options = UploadOptions(
            precondition: ifAbsent ? .ifAbsent : nil, checksum: checksum?.algorithm, partLength: partSize?.bytes,
            concurrency: arguments.concurrency, ignoresModificationTime: ignoreModificationTime)
        if let partSize {
            let range = PartPlan.minimumPartLength...PartPlan.maximumPartLength
            // Also for a file that is sent in one request: the command may be a script's, and the next file larger.
            guard range.contains(partSize.bytes) else {
                throw Failure(
                    "Invalid --part-size: expected \(range.lowerBound) (5M) to \(range.upperBound) bytes.",
                    status: ExitStatus.usage)
            }
            // A chosen part size is a request for parts.
            options.multipartThreshold = min(options.multipartThreshold, partSize.bytes)
        }
        options.properties.contentType = contentType ?? MediaType.of(name)
        options.properties.cacheControl = cacheControl
        for entry in metadata {
            let sides = entry.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { continue }
            options.properties.userMetadata[String(Substring(sides[0]))] = String(Substring(sides[1]))
        }
        return options
    }

    /// Aborts the upload of an earlier run.
    private func discard(_ file: StateFile, _ client: R2Client) async throws {
        guard restart else {
            throw Failure(
                "This file has an unfinished upload: continue with r2 resume \(file.path.quoted), or add --restart.")
        }
        let state: TransferState
        do { state = try file.read() } catch {
            Terminal.write(
                "r2: The state file \(file.path.printable) can't be read and is removed. Find its upload with "
                    + "r2 ls --uploads, and abort it with r2 rm --upload-id.")
            return file.remove()
        }
        try state.check(client.config)
        guard case .upload(let token) = state.token else {
            throw Failure(
                "\(file.path.printable) is the state file of a download: remove it, or choose another --state-folder.")
        }
        do {
            try await client.abortMultipartUpload(token.uploadID, key: token.key)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            // It no longer exists. Some servers report that as NoSuchKey.
        }
        file.remove()
    }
}

/// An algorithm for the checksums of parts.
enum ChecksumArgument: String, ExpressibleByArgument, CaseIterable {
    case crc32, crc32c, md5

    var algorithm: Checksum.Algorithm {
        switch self {
        case .crc32: .crc32
        case .crc32c: .crc32c
        case .md5: .md5
        }
    }
}
#endif
