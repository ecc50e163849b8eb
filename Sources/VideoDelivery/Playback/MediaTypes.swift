#if Delivery
/// The media types of the files of a stream, by the extension of their names.
enum MediaTypes {
    static let playlist = "application/vnd.apple.mpegurl"

    /// Returns the media type of an object.
    /// - Parameter key: The object's key.
    /// - Returns: The type, or `application/octet-stream` for an extension that isn't known.
    static func type(ofKey key: String) -> String {
        switch fileExtension(of: key) {
        case "mp4", "m4v", "m4s", "cmfv": "video/mp4"
        case "m4a", "cmfa": "audio/mp4"
        case "mov": "video/quicktime"
        case "webm": "video/webm"
        case "mkv": "video/x-matroska"
        case "ts": "video/mp2t"
        case "aac": "audio/aac"
        case "vtt": "text/vtt"
        case "json": "application/json"
        case "jpg", "jpeg": "image/jpeg"
        case "m3u8": playlist
        case "mpd": "application/dash+xml"
        default: "application/octet-stream"
        }
    }

    /// Returns a Boolean value that indicates whether an object is an HLS playlist.
    static func isPlaylist(key: String, type: String? = nil) -> Bool {
        let type = essence(of: type)
        return fileExtension(of: key) == "m3u8" || type == playlist || type == "application/x-mpegurl"
            || type == "audio/mpegurl"
    }

    /// Returns a Boolean value that indicates whether an object is a manifest of MPEG-DASH.
    static func isDASH(key: String, type: String? = nil) -> Bool {
        fileExtension(of: key) == "mpd" || essence(of: type) == "application/dash+xml"
    }

    /// Returns a media type without its parameters, in lower case.
    private static func essence(of type: String?) -> String? {
        type.map { String($0.prefix { $0 != ";" && $0 != " " }).lowercased() }
    }

    private static func fileExtension(of key: String) -> String {
        let name = key.utf8.split(separator: UInt8(ascii: "/")).last ?? key.utf8[...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return String(Substring(name[name.index(after: dot)...])).lowercased()
    }
}
#endif
