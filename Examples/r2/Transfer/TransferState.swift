#if Storage
import R2Kit
import R2Storage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
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
    let file: String
    let token: Token

    init(_ token: Token, file: String, config: R2Config) {
        endpoint = "\(config.endpoint)"
        bucket = "\(config.bucket)"
        self.file = file
        self.token = token
    }

    private enum CodingKeys: String, CodingKey { case endpoint, bucket, file, upload, download }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        endpoint = try container.decode(String.self, forKey: .endpoint)
        bucket = try container.decode(String.self, forKey: .bucket)
        file = try container.decode(String.self, forKey: .file)
        if container.contains(.upload) {
            token = .upload(try container.decode(R2Upload.ResumeToken.self, forKey: .upload))
        } else {
            token = .download(try container.decode(R2Download.ResumeToken.self, forKey: .download))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(endpoint, forKey: .endpoint)
        try container.encode(bucket, forKey: .bucket)
        try container.encode(file, forKey: .file)
        switch token {
        case .upload(let token): try container.encode(token, forKey: .upload)
        case .download(let token): try container.encode(token, forKey: .download)
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

    let path: String

    /// Creates a state file with its path.
    init(path: String) { self.path = path }

    /// Creates the state file of a local file, given by its absolute path.
    init(of file: String, _ direction: Direction, folder: String?) {
        guard let folder else {
            path = file + direction.suffix
            return
        }
        // Files with the same name in different folders have different state files.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in file.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let name = file.split(separator: "/").last.map(String.init) ?? ""
        path = Paths.absolute(folder) + "/\(name)-\(String(hash, radix: 16))\(direction.suffix)"
    }

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    func read() throws(Failure) -> TransferState {
        do {
            return try JSONDecoder().decode(TransferState.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Failure(
                "\(path) isn't the state file of an unfinished transfer: choose a file that ends "
                    + "with \(StateFile.Direction.upload.suffix) or \(StateFile.Direction.download.suffix), or the local "
                    + "file.",
                status: ExitStatus.noInput)
        }
    }

    /// Replaces the stored state atomically.
    func write(_ state: TransferState) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(state).write(to: URL(filePath: path), options: .atomic)
    }

    /// Returns the reason for a failed write, in the system's words if available.
    static func reason(_ error: any Error) -> String {
        guard let cause = (error as? CocoaError)?.underlying as? POSIXError else { return "\(error)" }
        return String(cString: strerror(cause.code.rawValue))
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}

/// Operations on local paths.
enum Paths {
    /// Returns the absolute path, which stays valid when the command runs in another folder.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/") else { return path }
        let folder = FileManager.default.currentDirectoryPath
        return (folder.hasSuffix("/") ? folder : folder + "/") + path
    }

    static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    static func isFolder(_ path: String) -> Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
#endif
