#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Uploads a file.
struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Uploads a file.",
        discussion: """
            A large file goes in parts. Ctrl-C leaves what has been uploaded, and "r2 resume" goes on from there. R2 \
            keeps unfinished parts, and charges for them, for as long as the bucket's lifecycle rule says: seven days by \
            default.
            """)

    @Argument(help: "The file.")
    var file: String

    @Argument(help: "The object's key; one that ends with / gets the file's name. By default the file's name.")
    var key: String?

    @Option(help: "The media type; by default what the file's name tells.")
    var contentType: String?

    @Option(help: "How long caches may keep the object, such as max-age=3600.")
    var cacheControl: String?

    @Option(help: "User metadata as NAME=VALUE; any number of times.")
    var metadata: [String] = []

    @Flag(help: "Fail if there is an object under the key.")
    var ifAbsent = false

    @Option(help: "The size of the parts, such as 16M; at least 5M.")
    var partSize: ByteCount?

    @Option(help: "Have R2 check each part: crc32, crc32c or md5.")
    var checksum: ChecksumArgument?

    @Flag(help: "Give up an unfinished upload of this file, and begin a new one.")
    var restart = false

    @OptionGroup var arguments: TransferArguments

    mutating func validate() throws {
        for entry in metadata where !entry.utf8.contains(UInt8(ascii: "=")) {
            throw ValidationError("--metadata takes NAME=VALUE.")
        }
    }

    func run() async throws {
        try await reporting {
            let path = Paths.absolute(file)
            guard Paths.exists(path) else {
                throw Failure("There is no file \(path).", status: ExitStatus.noInput)
            }
            guard !Paths.isFolder(path) else {
                throw Failure("\(path) is a folder: name one file.", status: ExitStatus.noInput)
            }
            let key = try objectKey(Paths.name(of: path))
            let client = R2Client(try R2Config())
            let state = arguments.state(of: path, .upload)
            if state.exists { try await giveUp(state, client) }
            let upload = client.uploading(.file(path), to: key, options: options(Paths.name(of: path)))
            let result = try await arguments.run(client.config, path, state).run(upload)
            print("\(result.key.rawValue.printable): \(result.size) bytes, ETag \(result.etag.opaqueValue)")
        }
    }

    private func objectKey(_ name: String) throws -> ObjectKey {
        guard let key else { return try ObjectKey(name) }
        return try ObjectKey(key.hasSuffix("/") ? key + name : key)
    }

    private func options(_ name: String) -> UploadOptions {
        var options = UploadOptions(
            condition: ifAbsent ? .ifAbsent : nil, checksum: checksum?.algorithm, partLength: partSize?.bytes,
            concurrency: arguments.concurrency, onFailure: .keepForResume)
        // Whoever chooses a part size wants parts.
        if let partSize { options.multipartThreshold = min(options.multipartThreshold, partSize.bytes) }
        options.properties.contentType = contentType ?? MediaType.of(name)
        options.properties.cacheControl = cacheControl
        for entry in metadata {
            let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options.properties.metadata[String(sides[0])] = String(sides[1])
        }
        return options
    }

    /// Aborts the upload of an earlier run.
    private func giveUp(_ file: StateFile, _ client: R2Client) async throws {
        guard restart else {
            throw Failure(
                "There is an unfinished upload of this file. Go on with r2 resume \(file.path), or add --restart.")
        }
        let state = try file.read()
        try state.check(client.config)
        guard case .upload(let token) = state.token else {
            throw Failure("\(file.path) is the state of a download: remove it, or name another --state-folder.")
        }
        do {
            try await client.abortMultipartUpload(token.uploadID, key: token.key)
        } catch let error as R2Error where error.isNotFound && error.code != .noSuchBucket {
            // It has been aborted before. Some servers say NoSuchKey of that.
        }
        file.remove()
    }
}

/// A checksum that parts are sent with.
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
