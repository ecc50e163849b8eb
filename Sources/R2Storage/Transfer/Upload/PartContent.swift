#if Storage
internal import NIOCore
internal import R2Kit

/// The bytes of a part, or of a whole object, which can be read any number of times.
struct PartContent: Sendable {
    enum Form: Sendable {
        case file(TransferFile, FileStatus, offset: Int64)
        case memory(ByteBuffer)
    }

    /// The number of bytes read at once.
    static let chunkLength: Int64 = 256 * 1024

    let form: Form
    let length: Int64

    init(_ bytes: ByteBuffer) {
        form = .memory(bytes)
        length = Int64(bytes.readableBytes)
    }

    init(_ file: TransferFile, status: FileStatus, offset: Int64, length: Int64) {
        form = .file(file, status, offset: offset)
        self.length = length
    }

    /// Returns the content as the body of a request.
    func body(onSent: @escaping R2RequestBody.SentCount) -> R2RequestBody {
        switch form {
        case .memory(let bytes): .bytes(bytes, onSent: onSent)
        case .file: .repeatable(length: length, onSent: onSent) { Chunks(content: self) }
        }
    }

    /// Returns the content's checksum, computed on a thread that may block.
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

    /// The content's bytes in chunks.
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
        case .memory(let bytes):
            return bytes.getSlice(at: bytes.readerIndex + Int(position), length: count) ?? ByteBuffer()
        case .file(let file, let status, let offset):
            let chunk = try await Self.mappingSourceErrors {
                try await file.read(at: offset + position, count: count)
            }
            guard chunk.readableBytes == count else {
                try await Self.checkUnchanged(file, since: status)
                let end = offset + position + Int64(chunk.readableBytes)
                throw TransferError(
                    .sourceTooShort,
                    "The file \(file.path) ended at byte \(end), but its file system reports \(status.size) bytes: "
                        + "upload it as a stream.")
            }
            // Checked before the last chunk is sent, so that a file that changed is never stored completely.
            if position + Int64(count) == length { try await Self.checkUnchanged(file, since: status) }
            return chunk
        }
    }

    /// Throws if a file has changed since it had the given status.
    static func checkUnchanged(_ file: TransferFile, since status: FileStatus) async throws {
        let current = try await mappingSourceErrors { try await file.status() }
        guard current == status else {
            throw TransferError.sourceChanged(file.path, onlyInTime: current.size == status.size)
        }
    }

    /// Runs work on the source's file, and turns its errors into a ``TransferError``.
    static func mappingSourceErrors<Value>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let error as R2FileError {
            throw TransferError(.sourceFailed, "The source couldn't be read.", underlying: error)
        }
    }
}

extension TransferError {
    /// Creates the error for a file that has changed.
    /// - Parameters:
    ///   - path: The path of the file.
    ///   - onlyInTime: A Boolean value that indicates whether nothing but the modification time shows the change.
    /// - Returns: The error.
    static func sourceChanged(_ path: String, onlyInTime: Bool = false) -> TransferError {
        sourceChanged(description: "The file \(path)", onlyInTime: onlyInTime)
    }

    /// Creates the error for a source that has changed, given the subject of a sentence about it.
    static func sourceChanged(description: String, onlyInTime: Bool) -> TransferError {
        TransferError(
            .sourceChanged,
            onlyInTime
                ? "\(description) has another modification time than when the upload started: start a new upload, or "
                    + "ignore modification times if the file system changes them by itself."
                : "\(description) has changed since the upload started: start a new upload.")
    }
}
#endif
