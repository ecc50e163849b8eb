#if Storage
public import NIOCore

/// What is uploaded: a file, bytes, or a stream.
public struct UploadSource: Sendable {
    enum Content: Sendable {
        case file(String)
        case bytes(ByteBuffer)
        case stream(Stream)
    }

    /// A stream, read by handing each of its chunks to a closure.
    struct Stream: Sendable {
        let length: Int64?
        let forEach: @Sendable (_ consume: (ByteBuffer) async throws -> Void) async throws -> Void
    }

    let content: Content

    /// A regular file.
    ///
    /// Each part is read when it is sent, and read again if it is sent again: little of the file is in memory at a time.
    /// A file that changes during its upload fails it.
    public static func file(_ path: String) -> UploadSource { UploadSource(content: .file(path)) }

    /// Bytes at hand.
    public static func bytes(_ bytes: ByteBuffer) -> UploadSource { UploadSource(content: .bytes(bytes)) }

    /// Bytes at hand, which are copied.
    public static func bytes(_ bytes: some Sequence<UInt8>) -> UploadSource {
        .bytes(ByteBuffer(bytes: bytes))
    }

    /// A stream of buffers of any sizes, which is read once.
    ///
    /// The parts that are being filled and sent are held in memory; the stream is not read further until there is room.
    /// It should end, or throw, when its task is cancelled: a failed upload waits for it.
    /// - Parameters:
    ///   - chunks: The bytes in their order. An error that it throws fails the upload.
    ///   - length: How many bytes there are in all, if that is known: another number fails the upload.
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

    /// A stream of collections of bytes of any sizes, such as `[UInt8]` or `Data`, which is read once.
    /// - Parameters:
    ///   - chunks: The bytes in their order. An error that it throws fails the upload.
    ///   - length: How many bytes there are in all, if that is known: another number fails the upload.
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
