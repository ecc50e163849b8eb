#if Storage
public import NIOCore

/// The source of an upload: a file, bytes, or a stream.
public struct UploadSource: Sendable {
    enum Content: Sendable {
        case file(LocalPath)
        case bytes(ByteBuffer)
        case stream(Stream)
    }

    /// A stream that passes each of its chunks to a closure.
    struct Stream: Sendable {
        let length: Int64?
        let forEach: @Sendable (_ consume: (ByteBuffer) async throws -> Void) async throws -> Void

        init(
            length: Int64?,
            forEach: @escaping @Sendable (_ consume: (ByteBuffer) async throws -> Void) async throws -> Void
        ) {
            self.length = length
            self.forEach = forEach
        }

        /// Creates a stream of a file whose size isn't known until its end.
        init(readingToEnd file: TransferFile) {
            self.init(length: nil) { consume in
                var position: Int64 = 0
                while true {
                    let chunk = try await PartContent.mappingSourceErrors { [position] in
                        try await file.read(at: position, count: Int(PartContent.chunkLength))
                    }
                    guard chunk.readableBytes > 0 else { return }
                    position += Int64(chunk.readableBytes)
                    try await consume(chunk)
                }
            }
        }
    }

    let content: Content

    /// Returns a source that reads a regular file.
    ///
    /// The upload reads each part while sending it, and again if the part is sent again. Little of the file is in
    /// memory at a time. The upload fails if the file changes meanwhile.
    ///
    /// Some file systems report a wrong size, such as 0 for the files in `/proc`. The upload reads such a file like a
    /// stream of unknown length, until its end.
    /// - Parameter path: The path of the file.
    /// - Returns: The source.
    public static func file(_ path: String) -> UploadSource { .file(LocalPath(path)) }

    /// Returns a source that reads a regular file whose path may not be UTF-8.
    ///
    /// See ``file(_:)``.
    /// - Parameter bytes: The bytes of the path, without a zero byte.
    /// - Returns: The source.
    public static func file(pathBytes bytes: some Sequence<UInt8>) -> UploadSource { .file(LocalPath(bytes: bytes)) }

    package static func file(_ path: LocalPath) -> UploadSource { UploadSource(content: .file(path)) }

    /// Returns a source of bytes in memory.
    /// - Parameter bytes: The content.
    /// - Returns: The source.
    public static func bytes(_ bytes: ByteBuffer) -> UploadSource { UploadSource(content: .bytes(bytes)) }

    /// Returns a source of bytes in memory, which are copied.
    /// - Parameter bytes: The content.
    /// - Returns: The source.
    public static func bytes(_ bytes: some Sequence<UInt8>) -> UploadSource {
        .bytes(ByteBuffer(bytes: bytes))
    }

    /// Returns a source that reads a stream of buffers once.
    ///
    /// The upload keeps the parts that are being filled and sent in memory, and stops reading while there is no room
    /// for another one. The stream should end or throw when its task is cancelled, because a failed upload waits for
    /// it.
    /// - Parameters:
    ///   - chunks: The content, in buffers of any size. The upload fails if the sequence throws an error.
    ///   - length: The length of the whole stream, in bytes, if it is known. The upload fails if the stream has another
    ///     length.
    /// - Returns: The source.
    public static func stream<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, length: Int64? = nil
    ) -> UploadSource where Chunks.Element == ByteBuffer {
        UploadSource(
            content: .stream(
                Stream(length: length) { consume in
                    for try await chunk in chunks { try await consume(chunk) }
                }))
    }

    /// Returns a source that reads a stream of byte collections, such as `[UInt8]` or `Data`, once.
    /// - Parameters:
    ///   - chunks: The content, in collections of any size. The upload fails if the sequence throws an error.
    ///   - length: The length of the whole stream, in bytes, if it is known. The upload fails if the stream has another
    ///     length.
    /// - Returns: The source.
    public static func stream<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, length: Int64? = nil
    ) -> UploadSource where Chunks.Element: Collection, Chunks.Element.Element == UInt8 {
        UploadSource(
            content: .stream(
                Stream(length: length) { consume in
                    for try await chunk in chunks { try await consume(ByteBuffer(bytes: chunk)) }
                }))
    }
}
#endif
