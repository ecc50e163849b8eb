#if Storage
import R2Kit
import R2Storage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The state of an unfinished transfer.
///
/// It contains no secret.
struct TransferState: Codable, Sendable {
    enum Token: Sendable {
        case upload(R2Upload.ResumeToken)
        case download(R2Download.ResumeToken)
    }

    /// The endpoint, so that the transfer isn't resumed elsewhere.
    let endpoint: String
    let bucket: String
    /// The absolute path of the local file.
    let file: LocalPath
    let token: Token
    /// A Boolean value that indicates whether a download replaces an existing file.
    let replacesFile: Bool

    init(_ token: Token, file: LocalPath, replacesFile: Bool, config: R2Config) {
        endpoint = "\(config.endpoint)"
        bucket = "\(config.bucket)"
        self.file = file
        self.token = token
        self.replacesFile = replacesFile
    }

    private enum CodingKeys: String, CodingKey {
        case endpoint, bucket, file, fileBytes, upload, download, replacesFile
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        endpoint = try container.decode(String.self, forKey: .endpoint)
        bucket = try container.decode(String.self, forKey: .bucket)
        let path = try container.decode(String.self, forKey: .file)
        let bytes = try container.decodeIfPresent([UInt8].self, forKey: .fileBytes)
        file = bytes.map { LocalPath(bytes: $0) } ?? LocalPath(path)
        if container.contains(.upload) {
            token = .upload(try container.decode(R2Upload.ResumeToken.self, forKey: .upload))
        } else {
            token = .download(try container.decode(R2Download.ResumeToken.self, forKey: .download))
        }
        replacesFile = try container.decodeIfPresent(Bool.self, forKey: .replacesFile) ?? false
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(endpoint, forKey: .endpoint)
        try container.encode(bucket, forKey: .bucket)
        try container.encode(file.description, forKey: .file)
        if file.exactString == nil { try container.encode(file.bytes, forKey: .fileBytes) }
        switch token {
        case .upload(let token): try container.encode(token, forKey: .upload)
        case .download(let token):
            try container.encode(token, forKey: .download)
            try container.encode(replacesFile, forKey: .replacesFile)
        }
    }

    /// Throws if the configuration isn't for the transfer's endpoint and bucket.
    func check(_ config: R2Config) throws(Failure) {
        guard endpoint.utf8.elementsEqual("\(config.endpoint)".utf8), bucket.utf8.elementsEqual("\(config.bucket)".utf8)
        else {
            throw Failure(
                "The transfer belongs to the bucket \(bucket) at \(endpoint), but the environment has another bucket.",
                status: ExitStatus.configuration)
        }
    }
}

/// The file with the state of a transfer, in the folder of the local file or in another one.
struct StateFile: Sendable {
    enum Direction: String, CaseIterable, Sendable {
        case upload, download

        var suffix: String { ".r2-\(rawValue)" }
    }

    let path: LocalPath

    /// Creates a state file with its path.
    init(path: LocalPath) { self.path = path }

    /// Creates the state file of a local file, given by its absolute path.
    init(of file: LocalPath, _ direction: Direction, folder: LocalPath?) throws {
        let name = file.lastComponent
        guard let folder else {
            let usual = file.with(ending: direction.suffix)
            path = Paths.isTooLong(usual) ? Self.short(name, of: file, direction, in: file.folder) : usual
            return
        }
        let absolute = try Paths.absolute(folder)
        let usual = absolute.appending(name + Array("-\(Self.hash(of: file))\(direction.suffix)".utf8))
        path = Paths.isTooLong(usual) ? Self.short(name, of: file, direction, in: absolute) : usual
    }

    /// Returns the path for a file whose name leaves no room for an ending.
    private static func short(
        _ name: [UInt8], of file: LocalPath, _ direction: Direction, in folder: LocalPath
    ) -> LocalPath {
        let start = String(LocalPath(bytes: name.prefix(40)).description.unicodeScalars.filter { $0.isASCII })
        return folder.appending("\(start)-\(hash(of: file))\(direction.suffix)".utf8)
    }

    /// A hash of the path, so that files with the same name in different folders have different state files.
    static func hash(of file: LocalPath) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in file.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    var exists: Bool { Paths.exists(path) }

    func read() throws(Failure) -> TransferState {
        do {
            return try JSONDecoder().decode(TransferState.self, from: Data(try Paths.contents(path)))
        } catch {
            throw Failure(
                "\(path.printable) isn't the state file of an unfinished transfer: choose a file that ends "
                    + "with \(StateFile.Direction.upload.suffix) or \(StateFile.Direction.download.suffix), or the local "
                    + "file.",
                status: ExitStatus.noInput)
        }
    }

    /// Replaces the stored state atomically.
    func write(_ state: TransferState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try Paths.write(Array(try encoder.encode(state)), to: path)
    }

    func remove() { Paths.remove(path) }

    /// Finds out, before a transfer starts, why its state couldn't be written.
    ///
    /// Call it while the state is locked. An existing file stays.
    /// - Returns: The error, or `nil` if the file can be written.
    func writeProblem() -> (any Error)? {
        guard !exists else { return nil }
        do { try Paths.write(Array("{}".utf8), to: path) } catch { return error }
        remove()
        return nil
    }

    /// Returns a Boolean value that indicates whether the file has an earlier state of the token's transfer.
    func hasState(of token: TransferState.Token) -> Bool {
        switch ((try? read())?.token, token) {
        case (.upload(let stored)?, .upload(let token)): stored.uploadID == token.uploadID
        // Its folder may have been moved.
        case (.download(let stored)?, .download(let token)):
            stored.partialFile?.lastComponent == token.partialFile?.lastComponent
        default: false
        }
    }
}
#endif
