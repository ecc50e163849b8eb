import R2Kit
import VideoDelivery

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `playlist-benchmark [ROUNDS] [--limit=RATIO]`: compares rewriting a media playlist of 10,000 segments with
/// presigning its keys in one call.
///
/// It prints the medians of the processor time of both, and their ratio. It fails if the ratio is above the limit.
@main
enum Main {
    static let count = 10_000

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let rounds = arguments.first { !$0.hasPrefix("--") }.flatMap(Int.init) ?? 15
        let limit = arguments.first { $0.hasPrefix("--limit=") }.flatMap { Double($0.dropFirst("--limit=".count)) }
        let account = "0123456789abcdef0123456789abcdef"
        let presigner = R2Presigner(
            try R2Config(
                accountID: try AccountID(account),
                credentials: try R2Credentials(
                    accessKeyID: account, secretAccessKey: String(repeating: "0123456789abcdef", count: 4)),
                bucket: try BucketName("media-bucket")))
        let folder = "videos/01912f3a-79b0-7cc3-98c4-dc0c0c07398f/6f9619ff-8b86-4d11-b42d-00c04fc964ff/720p/"
        let keys = try (0..<count).map { try ObjectKey("\(folder)segment\($0).ts") }
        let playlist = Array(
            ("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n"
                + (0..<count).map { "#EXTINF:4.000000,\nsegment\($0).ts\n" }.joined() + "#EXT-X-ENDLIST\n").utf8)

        var presigning: [Double] = []
        var rewriting: [Double] = []
        var first: [Double] = []
        for _ in 0..<rounds {
            presigning.append(
                try seconds { try presigner.presignPlayback(of: keys).reduce(0) { $0 + $1.url.utf8.count } })
            var firstBytes = 0.0
            rewriting.append(
                try seconds {
                    let start = now()
                    let links = PresignedPlaylistLinks(presigner: presigner, playlistURL: { "/play/\($0)" })
                    var rewriter = PlaylistRewriter(
                        playlist: try ObjectKey("\(folder)index.m3u8"), scope: try PlaylistScope([folder]), links: links
                    )
                    var length = 0
                    for chunk in stride(from: 0, to: playlist.count, by: 16_384) {
                        length += try rewriter.rewrite(Array(playlist[chunk..<min(chunk + 16_384, playlist.count)]))
                            .count
                        if chunk == 0 { firstBytes = now() - start }
                    }
                    return length + (try rewriter.finish().count)
                })
            first.append(firstBytes)
        }
        let ratio = median(rewriting) / median(presigning)
        print("presigning \(milliseconds(presigning)), rewriting \(milliseconds(rewriting)), ratio \(rounded(ratio))")
        print("first bytes after \(milliseconds(first))")
        if let limit, ratio > limit {
            print("The ratio is above \(limit).")
            exit(1)
        }
    }

    /// Returns the processor time of a body, which returns a number that depends on all of its work.
    static func seconds(_ body: () throws -> Int) throws -> Double {
        let start = now()
        guard try body() > 0 else { exit(1) }
        return now() - start
    }

    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

    static func milliseconds(_ values: [Double]) -> String { "\(rounded(median(values) * 1000)) ms" }

    static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
