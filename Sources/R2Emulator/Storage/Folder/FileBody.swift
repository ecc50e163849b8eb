#if Emulator
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A body in a file.
///
/// It starts under a temporary name, and gets its place when its object or part is saved. A file without a place, and
/// one whose object was replaced, is removed when nothing reads it anymore.
final class FileBody: StoredBody {
    private enum Place {
        case temporary(String)
        case permanent(String)
        case obsolete(String)

        var path: String {
            switch self {
            case .temporary(let path), .permanent(let path), .obsolete(let path): path
            }
        }
    }

    let length: Int64
    private let place: Mutex<Place>

    private static let pieceLength = 262_144

    /// Creates a body from a file under a temporary name.
    init(temporary path: String, length: Int64) {
        self.length = length
        place = Mutex(.temporary(path))
    }

    /// Creates a body from a file that was saved earlier.
    init(permanent path: String, length: Int64) {
        self.length = length
        place = Mutex(.permanent(path))
    }

    deinit {
        place.withLock { place in
            if case .permanent = place { return }
            SystemPath.remove(place.path)
        }
    }

    /// The file's path.
    var path: String { place.withLock { $0.path } }

    /// Moves the file to its place.
    func move(to path: String) throws {
        try place.withLock { place in
            if case .permanent(let current) = place, current == path { return }
            try SystemPath.rename(place.path, to: path)
            place = .permanent(path)
        }
    }

    /// Moves the file out of the way, to be removed when nothing reads it anymore.
    func release(to path: String) throws {
        try place.withLock { place in
            try SystemPath.rename(place.path, to: path)
            place = .obsolete(path)
        }
    }

    func read(_ range: Range<Int64>, _ consume: (ByteBuffer) async throws -> Void) async throws {
        guard !range.isEmpty else { return }
        let reader = try await NIOThreadPool.singleton.runIfActive { try FileReader(self) }
        var position = range.lowerBound
        while position < range.upperBound {
            let (start, count) = (position, Int(min(Int64(Self.pieceLength), range.upperBound - position)))
            let piece = try await NIOThreadPool.singleton.runIfActive { try reader.file.read(count, at: start) }
            try await consume(piece)
            position += Int64(piece.readableBytes)
        }
    }
}

/// An open file that several pieces of work share.
private final class FileReader: Sendable {
    let file: SystemFile

    init(_ body: FileBody) throws {
        let path = body.path
        do {
            file = try SystemFile.reading(path)
        } catch {
            // The object was replaced just now, and its file moved out of the way. That happens once to a file.
            guard body.path != path else { throw error }
            file = try SystemFile.reading(body.path)
        }
    }
}

/// A writer that collects bytes, and writes them in large pieces on a thread that may block.
struct FileWriter: BodyWriter {
    private let path: String
    private let synchronizes: Bool
    private var target: FileTarget?
    private var pending = ByteBuffer()
    private var length: Int64 = 0

    private static let pieceLength = 524_288

    init(temporary path: String, synchronizes: Bool) {
        self.path = path
        self.synchronizes = synchronizes
    }

    mutating func write(_ bytes: ByteBuffer) async throws {
        pending.writeImmutableBuffer(bytes)
        length += Int64(bytes.readableBytes)
        if pending.readableBytes >= Self.pieceLength { try await flush(isLast: false) }
    }

    mutating func finish() async throws -> any StoredBody {
        try await flush(isLast: true)
        target?.isFinished.store(true, ordering: .relaxed)
        return FileBody(temporary: path, length: length)
    }

    private mutating func flush(isLast: Bool) async throws {
        let (bytes, path, synchronizes) = (pending, path, synchronizes && isLast)
        pending.clear()
        let current = target
        target = try await NIOThreadPool.singleton.runIfActive {
            let target = try current ?? FileTarget(path)
            try bytes.withUnsafeReadableBytes { try target.file.write($0) }
            if synchronizes { try target.file.synchronize() }
            return target
        }
    }
}

/// A file that is being written.
///
/// If it's released before it is finished, the file is removed.
private final class FileTarget: Sendable {
    let file: SystemFile
    let isFinished = Atomic(false)
    private let path: String

    init(_ path: String) throws {
        self.path = path
        file = try SystemFile.creating(path)
    }

    deinit { if !isFinished.load(ordering: .relaxed) { SystemPath.remove(path) } }
}
#endif
