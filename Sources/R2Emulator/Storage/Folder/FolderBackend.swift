#if Emulator
internal import Crypto
internal import NIOPosix
internal import R2KitSupport
internal import Synchronization

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Storage in a directory.
///
/// ```
/// lock                                    locked while an emulator runs
/// temporary/                              bodies that are being received, removed at the next start
/// buckets/media/bucket.json               the bucket's date and configurations
/// buckets/media/objects/videos/a.mp4+.json            an object's metadata, which names its body
/// buckets/media/objects/videos/a.mp4+0123….data       the body
/// buckets/media/uploads/0123…/upload.json             an unfinished upload
/// buckets/media/uploads/0123…/part-00001+.json        a part, with its body beside it
/// buckets/media/uploads/0123….json                    the result of an upload that was completed or aborted
/// ```
///
/// ``ObjectPath`` has the rules of names. A change is final when the file of its metadata is renamed to its name. At
/// the next start, bodies that no metadata names are removed, and so is metadata whose body is missing or has another
/// length. The result of an upload stays as long as its bucket, so that requests that repeat are known.
final class FolderBackend: StorageBackend {
    let root: String
    private let synchronizes: Bool
    private let lock: Mutex<FolderLock?>

    /// Opens a directory, and creates it if it doesn't exist.
    /// - Parameters:
    ///   - path: The directory's path.
    ///   - synchronizes: A Boolean value that indicates whether every change waits for the disk, to survive a power
    ///     cut.
    /// - Throws: An error if the directory can't be used, or another emulator uses it.
    init(_ path: String, synchronizes: Bool = false) throws {
        root = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        self.synchronizes = synchronizes
        try SystemPath.createDirectories("\(root)/buckets")
        lock = Mutex(try FolderLock("\(root)/lock"))
        SystemPath.removeTree("\(root)/temporary")
        try SystemPath.createDirectories("\(root)/temporary")
    }

    var blocks: Bool { true }

    func close() { lock.withLock { $0 = nil } }

    func load() throws -> [BucketState] { try FolderLoader(root: root).buckets() }

    // MARK: Bodies

    func makeWriter(length: Int64?) -> any BodyWriter {
        FileWriter(temporary: temporaryPath(), synchronizes: synchronizes)
    }

    func duplicate(_ body: any StoredBody) async throws -> any StoredBody {
        let path = temporaryPath()
        if let file = body as? FileBody {
            let isLinked = try await NIOThreadPool.singleton.runIfActive { SystemPath.link(file.path, to: path) }
            if isLinked { return FileBody(temporary: path, length: body.length) }
        }
        return try await join([body])
    }

    func join(_ bodies: [any StoredBody]) async throws -> any StoredBody {
        var writer = makeWriter(length: nil)
        for body in bodies { try await body.read(0..<body.length) { try await writer.write($0) } }
        return try await writer.finish()
    }

    private func temporaryPath() -> String { "\(root)/temporary/\(Identifier.version()).data" }

    // MARK: Buckets

    private func directory(_ bucket: String) -> String { "\(root)/buckets/\(bucket)" }

    func save(_ bucket: BucketState) throws {
        let directory = directory(bucket.name)
        try SystemPath.createDirectories(directory)
        try write(BucketDocument(bucket), to: "\(directory)/bucket.json")
    }

    func remove(_ bucket: BucketState) throws {
        let removed = "\(root)/temporary/\(Identifier.version())"
        try SystemPath.rename(directory(bucket.name), to: removed)
        SystemPath.removeTree(removed)
    }

    // MARK: Objects

    func save(_ object: ObjectRecord, replacing old: ObjectRecord?, in bucket: String) throws {
        let (directories, name) = ObjectPath.names(of: object.key)
        let directory = ([directory(bucket), "objects"] + directories).joined(separator: "/")
        try SystemPath.createDirectories(directory)
        let body = "\(name)+\(object.version.prefix(16)).data"
        try place(object.body, at: "\(directory)/\(body)")
        try write(ObjectDocument(object, body: body), to: "\(directory)/\(name)+.json")
        if let old, old.body !== object.body { try release(old.body) }
    }

    func remove(_ object: ObjectRecord, from bucket: String) throws {
        let (directories, name) = ObjectPath.names(of: object.key)
        var path = [directory(bucket), "objects"] + directories
        SystemPath.remove("\(path.joined(separator: "/"))/\(name)+.json")
        try release(object.body)
        for _ in directories {
            guard SystemPath.removeDirectory(path.joined(separator: "/")) else { return }
            path.removeLast()
        }
    }

    // MARK: Uploads

    /// The directory of an upload, whose identifier has characters that file names can't have.
    private func directory(_ uploadID: String, in bucket: String) -> String {
        let name = Hexadecimal.encode(SHA256.hash(data: Array(uploadID.utf8)).prefix(16))
        return "\(directory(bucket))/uploads/\(name)"
    }

    func save(_ upload: UploadRecord, in bucket: String) throws {
        let directory = directory(upload.id, in: bucket)
        try SystemPath.createDirectories(directory)
        try write(UploadDocument(upload), to: "\(directory)/upload.json")
    }

    func save(_ part: PartRecord, replacing old: PartRecord?, of upload: UploadRecord, in bucket: String) throws {
        let directory = directory(upload.id, in: bucket)
        let name = "part-\(part.number.padded(to: 5))"
        let body = "\(name)+\(Identifier.version().prefix(16)).data"
        try place(part.body, at: "\(directory)/\(body)")
        try write(PartDocument(part, body: body), to: "\(directory)/\(name)+.json")
        if let old { try release(old.body) }
    }

    func end(_ upload: UploadRecord, _ result: FinishedUpload, in bucket: String) throws {
        let directory = directory(upload.id, in: bucket)
        // From here on, the next start removes the directory.
        try write(FinishedUploadDocument(upload.id, result), to: "\(directory).json")
        let removed = "\(root)/temporary/\(Identifier.version())"
        try SystemPath.rename(directory, to: removed)
        SystemPath.removeTree(removed)
    }

    // MARK: Files

    private func place(_ body: any StoredBody, at path: String) throws {
        try (body as? FileBody)?.move(to: path)
    }

    private func release(_ body: any StoredBody) throws { try (body as? FileBody)?.release(to: temporaryPath()) }

    /// Writes a document under a temporary name, and renames it.
    private func write(_ document: some Encodable, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(document))
        let temporary = "\(root)/temporary/\(Identifier.version()).json"
        do {
            let file = try SystemFile.creating(temporary)
            try bytes.withUnsafeBytes { try file.write($0) }
            if synchronizes { try file.synchronize() }
        } catch {
            SystemPath.remove(temporary)
            throw error
        }
        try SystemPath.rename(temporary, to: path)
    }
}

/// The lock that keeps a second emulator out of the directory.
private final class FolderLock: Sendable {
    private let file: SystemFile

    init(_ path: String) throws {
        do {
            file = try SystemFile.locking(path)
        } catch let error as SystemFileError where error.action == "lock" {
            throw R2Emulator.StartError(
                description: "Another emulator uses the directory of \(path). Stop it, or choose another directory.")
        }
    }
}
#endif
