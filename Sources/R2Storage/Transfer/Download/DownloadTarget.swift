#if Storage
public import NIOCore

/// Where a download goes: to a file, or chunk by chunk to a closure.
public struct DownloadTarget: Sendable {
    enum Form: Sendable {
        case file(String)
        case sink(@Sendable (ByteBuffer) async throws -> Void)
    }

    let form: Form

    /// A file, which takes the place of one that is there.
    ///
    /// The content is written to another file beside it (`.r2-….part`), which is renamed when it is whole and flushed
    /// to the device: whoever opens the path finds the old file or the whole new one.
    public static func file(_ path: String) -> DownloadTarget { DownloadTarget(form: .file(path)) }

    /// A closure that takes the content in its order, one chunk at a time.
    ///
    /// Ranges that arrive before their turn are held in memory: up to `rangeLength` times `concurrency` bytes, with the
    /// defaults 64 MiB. While the closure is busy nothing more is fetched than that.
    public static func sink(_ write: @escaping @Sendable (ByteBuffer) async throws -> Void) -> DownloadTarget {
        DownloadTarget(form: .sink(write))
    }
}
#endif
