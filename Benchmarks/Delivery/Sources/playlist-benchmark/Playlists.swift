import R2Kit
import VideoDelivery

/// Rewriting a media playlist of 10,000 segments, compared with presigning its keys in one call.
struct Playlists {
    static let count = 10_000

    let presigner: R2Presigner
    let folder = "videos/01912f3a-79b0-7cc3-98c4-dc0c0c07398f/6f9619ff-8b86-4d11-b42d-00c04fc964ff/720p/"
    private let keys: [ObjectKey]
    private let playlist: [UInt8]
    private var presigning = Measurement()
    private var rewriting = Measurement()
    private var first = Measurement()

    init(_ presigner: R2Presigner) throws {
        self.presigner = presigner
        let folder = folder
        keys = try (0..<Self.count).map { try ObjectKey("\(folder)segment\($0).ts") }
        playlist = Array(
            ("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n"
                + (0..<Self.count).map { "#EXTINF:4.000000,\nsegment\($0).ts\n" }.joined() + "#EXT-X-ENDLIST\n").utf8)
    }

    mutating func runRound() throws {
        // Copies, because the measurements are changed while the closures run.
        let (presigner, folder, keys, playlist) = (presigner, folder, keys, playlist)
        try presigning.add { try presigner.presignPlayback(of: keys).reduce(0) { $0 + $1.url.utf8.count } }
        var firstBytes = 0.0
        try rewriting.add {
            let start = Measurement.now()
            let links = PresignedPlaylistLinks(presigner: presigner, playlistURL: { "/play/\($0)" })
            var rewriter = PlaylistRewriter(
                playlist: try ObjectKey("\(folder)index.m3u8"), scope: try PlaylistScope([folder]), links: links)
            var length = 0
            for chunk in stride(from: 0, to: playlist.count, by: 16_384) {
                length += try rewriter.rewrite(Array(playlist[chunk..<min(chunk + 16_384, playlist.count)])).count
                if chunk == 0 { firstBytes = length > 0 ? Measurement.now() - start : .infinity }
            }
            return length + (try rewriter.finish().count)
        }
        first.add(firstBytes)
    }

    /// Prints the medians, and returns what is slower than a limit.
    func report(limit: Double) -> [String] {
        let ratio = rewriting.median / presigning.median
        print(
            "presigning \((presigning.median * 1000).rounded) ms, rewriting \((rewriting.median * 1000).rounded) ms, "
                + "ratio \(ratio.rounded)")
        print("first bytes after \((first.median * 1000).rounded) ms")
        return (ratio > limit ? ["The ratio is above \(limit)."] : [])
            + (first.median.isFinite ? [] : ["Nothing came out before the second chunk went in."])
    }
}
