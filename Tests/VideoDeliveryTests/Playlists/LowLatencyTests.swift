#if Delivery
import Foundation
import R2Kit
import Testing
import VideoDelivery

@Suite("HLS playlists: low latency")
struct LowLatencyTests {
    static let playlist = """
        #EXTM3U
        #EXT-X-TARGETDURATION:4
        #EXT-X-VERSION:9
        #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0,CAN-SKIP-UNTIL=12.0
        #EXT-X-PART-INF:PART-TARGET=0.33334
        #EXT-X-MEDIA-SEQUENCE:266
        #EXT-X-SKIP:SKIPPED-SEGMENTS=3
        #EXT-X-MAP:URI="init.mp4"
        #EXT-X-PROGRAM-DATE-TIME:2026-02-14T02:13:36.106Z
        #EXT-X-PART:DURATION=0.33334,URI="269.0.mp4",INDEPENDENT=YES
        #EXT-X-PART:DURATION=0.33334,URI="269.mp4",BYTERANGE="20000@0"
        #EXT-X-PART:DURATION=0.33334,URI="269.mp4",BYTERANGE="21000@20000",GAP=YES
        #EXTINF:4.00008,
        269.mp4
        #EXT-X-PART:DURATION=0.33334,URI="270.0.mp4"
        #EXT-X-PRELOAD-HINT:TYPE=PART,URI="270.1.mp4",BYTERANGE-START=0
        #EXT-X-PRELOAD-HINT:TYPE=MAP,URI="init.mp4"
        #EXT-X-RENDITION-REPORT:URI="../1M/live.m3u8",LAST-MSN=273,LAST-PART=3
        #EXT-X-RENDITION-REPORT:URI="../4M/live.m3u8",LAST-MSN=273,LAST-PART=3

        """

    @Test func `every URI of a low-latency playlist is replaced`() throws {
        let expected = Self.playlist.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = String(line)
            for name in ["init.mp4", "269.0.mp4", "269.mp4", "270.0.mp4", "270.1.mp4"] {
                line = line.replacing("URI=\"\(name)\"", with: "URI=\"https://r2.test/\(folder)\(name)?signed\"")
            }
            line = line.replacing("URI=\"../", with: "URI=\"/play/videos/42/a/")
            return line == "269.mp4" ? "https://r2.test/\(folder)269.mp4?signed" : line
        }
        #expect(try rewritten(Self.playlist.utf8) == expected.joined(separator: "\n"))
    }

    @Test func `within a signing window, a hint's URL is that of the later part`() throws {
        let presigner = R2Presigner(
            try R2Config(
                accountID: try AccountID("0123456789abcdef0123456789abcdef"),
                credentials: try R2Credentials(accessKeyID: "AKID", secretAccessKey: "secret"),
                bucket: try BucketName("media")))
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        func url(after seconds: Double, _ line: String) throws -> Substring {
            let links = PresignedPlaylistLinks(
                presigner: presigner, expiresIn: .seconds(3600), stableWithin: .fiveMinutes, at: start + seconds,
                playlistURL: { "/play/\($0)" })
            return try #require(try rewritten(lines: line, links).split(separator: "\"").dropFirst().first)
        }
        let hint = try url(after: 1, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p.mp4\"\n")
        let part = try url(after: 9.5, "#EXT-X-PART:URI=\"p.mp4\",DURATION=1\n")
        #expect(hint == part)
        #expect(hint.contains("X-Amz-Signature="))
        #expect(try url(after: 301, "#EXT-X-PART:URI=\"p.mp4\",DURATION=1\n") != part)
    }
}
#endif
