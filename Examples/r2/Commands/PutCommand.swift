#if Storage
import ArgumentParser
import R2Kit
import R2Storage

/// Uploads a file.
struct PutCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Uploads a file.",
        discussion: """
            Sends a large file in parts. Ctrl-C keeps the uploaded parts, and "r2 resume" continues from there. R2 \
            stores and bills unfinished parts until the bucket's lifecycle rule removes them, by default after seven \
            days.
            """)

    @Argument(help: "The file.")
    var file: String

    @Argument(help: "The object's key. A key that ends with / gets the file's name. The default is the file's name.")
    var key: String?

    @Option(help: "The media type. The default depends on the file's extension.")
    var contentType: String?

    @Option(help: "The Cache-Control header of responses, such as max-age=3600.")
    var cacheControl: String?

    @Option(help: "User metadata as NAME=VALUE. Repeat it for several entries.")
    var metadata: [String] = []

    @Flag(help: "Fail if the object already exists.")
    var ifAbsent = false

    @Option(help: "The size of each part, at least 5M, such as 16M.")
    var partSize: ByteCount?

    @Option(help: "The checksum that R2 verifies for each part: crc32, crc32c, or md5.")
    var checksum: ChecksumArgument?

    @Flag(help: "Abort an unfinished upload of this file, and start over.")
    var restart = false

    @OptionGroup var arguments: TransferArguments

    mutating func validate() throws {
        for entry in metadata where !entry.utf8.contains(UInt8(ascii: "=")) {
            throw ValidationError("Invalid --metadata: expected NAME=VALUE.")
        }
    }

    func run() async throws {
        try await reportingFailures {
            let path = Paths.absolute(file)
            guard Paths.exists(path) else {
                throw Failure("The file \(path) doesn't exist.", status: ExitStatus.noInput)
            }
            guard !Paths.isFolder(path) else {
                throw Failure("\(path) is a folder: choose a file.", status: ExitStatus.noInput)
            }
            let key = try objectKey(Paths.name(of: path))
            let client = R2Client(try R2Config())
            let state = arguments.state(of: path, .upload)
            if state.exists { try await discard(state, client) }
            let upload = client.makeUpload(.file(path), to: key, options: options(Paths.name(of: path)))
            let result = try await arguments.run(for: path, state: state, config: client.config).run(upload)
            print("\(result.key.rawValue.printable): \(result.size) bytes, ETag \(result.etag.opaqueValue)")
        }
    }

    private func objectKey(_ name: String) throws -> ObjectKey {
        guard let key else { return try ObjectKey(name) }
        return try ObjectKey(key.hasSuffix("/") ? key + name : key)
    }

    private func options(_ name: String) -> UploadOptions {
        var options = UploadOptions(
            precondition: ifAbsent ? .ifAbsent : nil, checksum: checksum?.algorithm, partLength: partSize?.bytes,
            concurrency: arguments.concurrency, onFailure: .keepForResume)
        // A chosen part size is a request for parts.
        if let partSize { options.multipartThreshold = min(options.multipartThreshold, partSize.bytes) }
        options.properties.contentType = contentType ?? MediaType.of(name)
        options.properties.cacheControl = cacheControl
        for entry in metadata {
            let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options.properties.userMetadata[String(sides[0])] = String(sides[1])
        }
        return options
    }

    /// Aborts the upload of an earlier run.
    private func discard(_ file: StateFile, _ client: R2Client) async throws {
        guard restart else {
            throw Failure(
                "This file has an unfinished upload: continue with r2 resume \(file.path), or add --restart.")
        }
        let state = try file.read()
        try state.check(client.config)
        guard case .upload(let token) = state.token else {
            throw Failure("\(file.path) is the state file of a download: remove it, or choose another --state-folder.")
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
