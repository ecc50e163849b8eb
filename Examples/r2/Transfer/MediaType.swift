#if Storage
/// The media types of videos and the files that accompany them.
enum MediaType {
    private static let types = [
        "mp4": "video/mp4", "m4v": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
        "mkv": "video/x-matroska", "ts": "video/mp2t", "m4s": "video/iso.segment",
        "m3u8": "application/vnd.apple.mpegurl",
        "mpd": "application/dash+xml", "mp3": "audio/mpeg", "m4a": "audio/mp4", "vtt": "text/vtt",
        "srt": "application/x-subrip", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
        "webp": "image/webp", "gif": "image/gif", "json": "application/json", "txt": "text/plain; charset=utf-8",
        "html": "text/html; charset=utf-8", "pdf": "application/pdf", "zip": "application/zip",
    ]

    /// Returns the media type for the extension of a file's name.
    static func of(_ name: [UInt8]) -> String {
        let ending = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).dropFirst().last
        return ending.flatMap { types[String(decoding: $0, as: UTF8.self).lowercased()] }
            ?? "application/octet-stream"
    }
}
#endif
