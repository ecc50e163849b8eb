#if Delivery
import R2Kit
import Testing
import VideoDelivery

@Suite("HLS playlists: streaming and text")
struct StreamingTests {
    static let media = """
        \u{FEFF}#EXTM3U\r
        #EXT-X-VERSION:7\r
        #EXT-X-DEFINE:NAME="n",VALUE="ü"\r
        #EXT-X-KEY:METHOD=AES-128,URI="k.bin",IV=0x00\r
        #EXT-X-MAP:URI="init.mp4"
        #EXTINF:4.000000,Títle 😀
        #EXT-X-BYTERANGE:10@0
        all-{$n}.mp4\r
        \r
        # comment
        #EXTINF:4.000000,
        https://cdn.test/ad.mp4
        #EXT-X-ENDLIST
        """
    static let multivariant = """
        #EXTM3U
        #EXT-X-INDEPENDENT-SEGMENTS
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="Deutsch",URI="a/de.m3u8"
        #EXT-X-SESSION-DATA:DATA-ID="t",URI="d.json"
        #EXT-X-STREAM-INF:BANDWIDTH=1280000,AUDIO="a"

        v/720.m3u8
        #EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=86000,URI="v/i.m3u8"

        """

    @Test(arguments: [media, multivariant])
    func `a playlist that is cut at any byte gives the same text`(_ playlist: String) throws {
        let bytes = Array(playlist.utf8)
        let whole = try rewritten(bytes)
        for cut in 0...bytes.count {
            var rewriter = try makeRewriter()
            var text = try rewriter.rewrite(Array(bytes[..<cut]))
            text += try rewriter.rewrite(Array(bytes[cut...]))
            text += try rewriter.finish()
            #expect(String(decoding: text, as: UTF8.self) == whole)
        }
        var rewriter = try makeRewriter()
        let single = try bytes.reduce(into: [UInt8]()) { $0 += try rewriter.rewrite([$1]) } + rewriter.finish()
        #expect(String(decoding: single, as: UTF8.self) == whole)
    }

    @Test func `the byte order mark is dropped, line ends stay, and a last line needs none`() throws {
        let text = try rewritten(Self.media.utf8)
        #expect(Array(text.utf8.prefix(9)) == Array("#EXTM3U\r\n".utf8))
        #expect(text.contains("#EXT-X-MAP:URI=\"https://r2.test/\(folder)init.mp4?signed\"\n"))
        #expect(text.contains("/\(folder)all-%C3%BC.mp4?signed\r\n\r\n# comment\n"))
        #expect(text.hasSuffix("\n#EXT-X-ENDLIST"))
    }

    @Test(
        arguments: [
            "", "\n#EXTM3U\n", " #EXTM3U\n", "#EXTM3U8\n", "#extm3u\n", "<html>", "#EXTINF:4,\na.ts\n", "\u{FEFF}",
            "#EXTM3U:x\n",
        ])
    func `a text that doesn't start with EXTM3U is refused`(_ text: String) throws {
        let error = #expect(throws: PlaylistError.self) { try rewritten(text.utf8) }
        #expect(error?.problem == .notAPlaylist)
        #expect(error?.line == 1)
    }

    @Test func `EXTM3U alone is a playlist`() throws {
        #expect(try rewritten("#EXTM3U".utf8) == "#EXTM3U")
        #expect(try rewritten("#EXTM3U  \r\n".utf8) == "#EXTM3U  \r\n")
    }

    @Test(
        arguments: [
            [0xFF], [0xC3], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x00], [0x0B], [0x0C],
            [0x0D], [0x1B], [0x7F], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9],
        ] as [[UInt8]])
    func `invalid UTF-8, control characters and other line separators are refused`(_ bytes: [UInt8]) throws {
        for prefix in ["#EXTM3U\n#", "#EXTM3U\n#EXTINF:4,", "#EXTM3U\n#EXTINF:4,\na"] {
            let text = Array(prefix.utf8) + bytes + Array("seg.ts\n".utf8)
            let error = #expect(throws: PlaylistError.self) { try rewritten(text) }
            #expect(error?.problem == .invalidText)
        }
    }

    @Test func `text arrives before the whole playlist is read`() throws {
        var rewriter = try makeRewriter()
        let first = try rewriter.rewrite(Array("#EXTM3U\n#EXTINF:4,\na.ts\n#EXTINF".utf8))
        #expect(
            String(decoding: first, as: UTF8.self) == "#EXTM3U\n#EXTINF:4,\nhttps://r2.test/\(folder)a.ts?signed\n")
    }

    @Test func `a URI that occurs again is signed once`() throws {
        let links = RecordingLinks()
        let lines = (0..<2000).map { "#EXTINF:4,\n#EXT-X-BYTERANGE:10@\($0)\nall.ts\n" }.joined()
        let text = try rewritten(lines: lines, links)
        #expect(links.batches == [["\(folder)all.ts"]])
        #expect(text.components("all.ts?signed") == 2000)
    }

    @Test func `many URIs are signed together, and in order`() throws {
        let links = RecordingLinks()
        let lines = (0..<5000).map { "#EXTINF:4,\nseg\($0).ts\n" }.joined()
        let text = try rewritten(lines: lines, links)
        #expect(links.batches.count < 30)
        #expect(links.batches.flatMap(\.self) == (0..<5000).map { "\(folder)seg\($0).ts" })
        #expect(
            text
                == (0..<5000).map { "#EXTINF:4,\nhttps://r2.test/\(folder)seg\($0).ts?signed\n" }.joined())
    }

    @Test func `a hint and its part have the same URL`() throws {
        let text = try rewritten(
            lines: "#EXT-X-PART:DURATION=1,URI=\"p1.mp4\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p2.mp4\"\n")
        let next = try rewritten(
            lines: "#EXT-X-PART:DURATION=1,URI=\"p2.mp4\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p3.mp4\"\n")
        let url = "URI=\"https://r2.test/\(folder)p2.mp4?signed\""
        #expect(text.contains(url) && next.contains(url))
    }

    @Test func `limits are enforced without waiting for the end of a line`() throws {
        var rewriter = try makeRewriter(RecordingLinks(), .init(maximumLineLength: 100))
        _ = try rewriter.rewrite(Array("#EXTM3U\n#".utf8))
        let error = #expect(throws: PlaylistError.self) { try rewriter.rewrite([UInt8](repeating: 0x20, count: 100)) }
        #expect(error?.problem == .tooLong)
        let short = PlaylistRewriter.Options(maximumLength: 20)
        #expect(try refusal(lines: "#EXT-X-VERSION:3\n", short)?.problem == .tooLong)
        let output = PlaylistRewriter.Options(maximumOutputLength: 40)
        #expect(try refusal(lines: "#EXTINF:4,\na.ts\n", output)?.problem == .tooLong)
    }

    @Test func `after an error, all calls throw it`() throws {
        var rewriter = try makeRewriter()
        let first = try #require(
            #expect(throws: PlaylistError.self) { try rewriter.rewrite(Array("x\n".utf8)) })
        #expect(throws: first) { try rewriter.rewrite(Array("#EXTM3U\n".utf8)) }
        #expect(throws: first) { try rewriter.finish() }
    }
}

extension String {
    /// Returns how often a text occurs.
    fileprivate func components(_ text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }
}
#endif
