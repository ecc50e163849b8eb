import R2Kit
import VideoDelivery

/// Signing many URLs, and rewriting playlists.
enum Signing {
    static var works: [Main.Work] {
        [
            Main.Work("URLs, a call for each", .linear, sizes) { count in
                let presigner = try makePresigner()
                let keys = try makeKeys(count)
                return { try keys.reduce(0) { $0 + (try presigner.presignPlayback(of: $1)).url.utf8.count } }
            },
            Main.Work("URLs, one call for all", .linear, sizes) { count in
                let presigner = try makePresigner()
                let keys = try makeKeys(count)
                return { try presigner.presignPlayback(of: keys).count }
            },
            Main.Work("parts of an upload, signed", .linear, sizes) { count in
                let presigner = try makePresigner()
                let plan = try PartPlan(totalLength: Int64(count) * 8_388_608, partLength: 8_388_608)
                let (upload, key) = (try UploadID("an-upload"), try ObjectKey("videos/lecture.mp4"))
                return { try presigner.presignParts(plan.parts, of: upload, key: key).count }
            },
            Main.Work("segments of a playlist, rewritten", .linear, sizes) { count in
                let presigner = try makePresigner()
                let segments = (0..<count).map { "#EXTINF:4.000000,\nsegment\($0).ts\n" }.joined()
                let playlist = Array("#EXTM3U\n#EXT-X-TARGETDURATION:4\n\(segments)#EXT-X-ENDLIST\n".utf8)
                let key = try ObjectKey("videos/lecture/index.m3u8")
                let scope = try PlaylistScope(["videos/lecture/"])
                return {
                    let links = PresignedPlaylistLinks(presigner: presigner, playlistURL: { "/play/\($0)" })
                    var rewriter = PlaylistRewriter(playlist: key, scope: scope, links: links)
                    var length = 0
                    for chunk in stride(from: 0, to: playlist.count, by: 16_384) {
                        length += try rewriter.rewrite(Array(playlist[chunk..<min(chunk + 16_384, playlist.count)]))
                            .count
                    }
                    return length + (try rewriter.finish().count)
                }
            },
        ]
    }

    private static let sizes = [10, 100, 1000, 10_000]

    static func makeConfig() throws -> R2Config {
        let account = "0123456789abcdef0123456789abcdef"
        return try R2Config(
            accountID: try AccountID(account),
            credentials: try R2Credentials(
                accessKeyID: account, secretAccessKey: String(repeating: "0123456789abcdef", count: 4)),
            bucket: try BucketName("media-bucket"))
    }

    /// Creates a presigner that has signed before, which derives the signing key.
    private static func makePresigner() throws -> R2Presigner {
        let presigner = R2Presigner(try makeConfig())
        _ = try presigner.presignPlayback(of: try ObjectKey("videos/lecture.mp4"))
        return presigner
    }

    private static func makeKeys(_ count: Int) throws -> [ObjectKey] {
        try (0..<count).map { try ObjectKey("videos/lecture/segment\($0).ts") }
    }
}
