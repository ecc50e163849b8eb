#if Storage
internal import NIOCore
internal import R2Kit

/// The bytes of a part, or of a whole object, which can be read any number of times.
struct PartContent: Sendable {
    enum Form: Sendable {
        case file(TransferFile, FileStatus, offset: Int64)
        case held(ByteBuffer)
    }

    /// How much is read at once.
    static let chunkLength: Int64 = 256 * 1024

    let form: Form
    let length: Int64

    init(_ bytes: ByteBuffer) {
        form = .held(bytes)
        length = Int64(bytes.readableBytes)
    }

    init(_ file: TransferFile, _ status: FileStatus, offset: Int64, length: Int64) {
        form = .file(file, status, offset: offset)
        self.length = length
    }

    /// The body of a request.
    func body(onSent: @escaping R2RequestBody.SentCount) -> R2RequestBody {
        switch form {
        case .held(let bytes): .bytes(bytes, onSent: onSent)
        case .file: .repeatable(length: length, onSent: onSent) { Chunks(content: self) }
        }
    }

    /// The checksum, computed where nobody waits for it.
    func checksum(_ digest: ContentDigest) async throws -> [UInt8] {
        var digest = digest
        for try await chunk in Chunks(content: self) {
            let before = digest
            digest = try await TransferFile.onThread {
                var digest = before
                chunk.withUnsafeReadableBytes { digest.update($0) }
                return digest
            }
        }
        return digest.bytes
    }

    /// The bytes in chunks.
    struct Chunks: AsyncSequence {
        typealias Element = ByteBuffer
        let content: PartContent

        struct AsyncIterator: AsyncIteratorProtocol {
            let content: PartContent
            var position: Int64 = 0

            mutating func next() async throws -> ByteBuffer? {
                guard position < content.length else { return nil }
                let count = Swift.min(PartContent.chunkLength, content.length - position)
                let chunk = try await content.read(at: position, count: Int(count))
                position += count
                return chunk
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(content: content) }
    }

    private func read(at position: Int64, count: Int) async throws -> ByteBuffer {
        switch form {
        case .held(let bytes):
            return bytes.getSlice(at: bytes.readerIndex + Int(position), length: count) ?? ByteBuffer()
        case .file(let file, let status, let offset):
            let chunk = try await Self.sourceFailure { try await file.read(at: offset + position, count: count) }
            guard chunk.readableBytes == count else { throw TransferError.sourceChanged(file.path) }
            // Looked at before the end is sent, so that nothing which has changed is ever stored whole.
            if position + Int64(count) == length { try await Self.check(file, status) }
            return chunk
        }
    }

    /// Refuses a file that is not what it was.
    static func check(_ file: TransferFile, _ status: FileStatus) async throws {
        let now = try await sourceFailure { try await file.status() }
        guard now == status else { throw TransferError.sourceChanged(file.path) }
    }

    static func sourceFailure<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as R2FileError {
            throw TransferError(.sourceFailed, "the source could not be read", underlying: error)
        }
    }
}

extension TransferError {
    static func sourceChanged(_ path: String) -> TransferError {
        TransferError(
            .sourceChanged, "the file \(path) is not what it was when the upload began: begin a new upload")
    }
}
#endif
