#if Delivery
import Testing
import VideoDelivery

@Suite("HLS playlists: the table of tags")
struct TagTableTests {
    /// A line or two of a playlist, and the expected text.
    ///
    /// `M(x)M` is the URL of media, `P(x)P` that of a playlist.
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let lines: String
        let expected: String

        init(_ name: String, _ lines: String, _ expected: String? = nil) {
            (self.name, self.lines, self.expected) = (name, lines, expected ?? lines)
        }

        var testDescription: String { name }

        func text(media: String) -> String {
            expected.replacing("M(", with: "\(media)\(folder)").replacing("P(", with: "https://app.test/play/\(folder)")
                .replacing("R(", with: "/play/\(folder)").replacing(")M", with: "?signed").replacing(")P", with: "")
        }
    }

    static let rows = [
        Row("segment", "#EXTINF:4,\nseg1.ts\n", "#EXTINF:4,\nM(seg1.ts)M\n"),
        Row(
            "segment in a folder", "#EXTINF:4,Title, with \"URI=\"\n720/seg1.ts\n",
            "#EXTINF:4,Title, with \"URI=\"\nM(720/seg1.ts)M\n"),
        Row(
            "segment with a comment and tags before it",
            "#EXTINF:4,\n#EXT-X-BYTERANGE:75232@0\n\n# a comment\nall.ts\n",
            "#EXTINF:4,\n#EXT-X-BYTERANGE:75232@0\n\n# a comment\nM(all.ts)M\n"),
        Row(
            "image", "#EXT-X-IMAGES-ONLY\n#EXTINF:10,\n#EXT-X-TILES:RESOLUTION=1x1,LAYOUT=5x4,DURATION=1\nt.jpg\n",
            "#EXT-X-IMAGES-ONLY\n#EXTINF:10,\n#EXT-X-TILES:RESOLUTION=1x1,LAYOUT=5x4,DURATION=1\nM(t.jpg)M\n"),
        Row(
            "variant", "#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1,mp4a\"\n720.m3u8\n",
            "#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1,mp4a\"\nP(720.m3u8)P\n"),
        Row(
            "variant after a blank line and a comment", "#EXT-X-STREAM-INF:BANDWIDTH=1\n\n#c\nv/720.m3u8\n",
            "#EXT-X-STREAM-INF:BANDWIDTH=1\n\n#c\nP(v/720.m3u8)P\n"),
        Row(
            "MEDIA", "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x,y\",URI=\"a.m3u8\",DEFAULT=YES\n",
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x,y\",URI=\"P(a.m3u8)P\",DEFAULT=YES\n"),
        Row("MEDIA without URI", "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"c\",NAME=\"x\",INSTREAM-ID=\"CC1\"\n"),
        Row(
            "I-FRAME-STREAM-INF", "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"i.m3u8\"\n",
            "#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"P(i.m3u8)P\"\n"),
        Row(
            "IMAGE-STREAM-INF", "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,URI=\"t.m3u8\"\n",
            "#EXT-X-IMAGE-STREAM-INF:BANDWIDTH=1,URI=\"P(t.m3u8)P\"\n"),
        Row(
            "SESSION-DATA with URI", "#EXT-X-SESSION-DATA:DATA-ID=\"x\",URI=\"d.json\",FORMAT=JSON\n",
            "#EXT-X-SESSION-DATA:DATA-ID=\"x\",URI=\"M(d.json)M\",FORMAT=JSON\n"),
        Row("SESSION-DATA with a value", "#EXT-X-SESSION-DATA:DATA-ID=\"x\",VALUE=\"y\"\n"),
        Row(
            "MAP", "#EXT-X-MAP:URI=\"init.mp4\",BYTERANGE=\"720@0\"\n",
            "#EXT-X-MAP:URI=\"M(init.mp4)M\",BYTERANGE=\"720@0\"\n"),
        Row(
            "PART", "#EXT-X-PART:DURATION=0.3,URI=\"p1.mp4\",INDEPENDENT=YES\n",
            "#EXT-X-PART:DURATION=0.3,URI=\"M(p1.mp4)M\",INDEPENDENT=YES\n"),
        Row(
            "PRELOAD-HINT of a part", "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p2.mp4\",BYTERANGE-START=0\n",
            "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"M(p2.mp4)M\",BYTERANGE-START=0\n"),
        Row(
            "PRELOAD-HINT of a map", "#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"i.mp4\"\n",
            "#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=\"M(i.mp4)M\"\n"),
        Row(
            "PREFETCH, whose value is a URI",
            "#EXTINF:4,\nseg1.ts\n#EXT-X-PREFETCH:seg2.ts\n#EXT-X-PREFETCH:v/seg3.ts?a=b\r\n",
            "#EXTINF:4,\nM(seg1.ts)M\n#EXT-X-PREFETCH:M(seg2.ts)M\n#EXT-X-PREFETCH:M(v/seg3.ts)M\r\n"),
        Row(
            "RENDITION-REPORT, which stays relative", "#EXT-X-RENDITION-REPORT:URI=\"b.m3u8\",LAST-MSN=2,LAST-PART=1\n",
            "#EXT-X-RENDITION-REPORT:URI=\"R(b.m3u8)P\",LAST-MSN=2,LAST-PART=1\n"),
        Row(
            "KEY", "#EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\",IV=0x01\n",
            "#EXT-X-KEY:METHOD=AES-128,URI=\"M(k.bin)M\",IV=0x01\n"),
        Row(
            "KEY with the format identity", "#EXT-X-KEY:METHOD=AES-128,URI=\"k.bin\",KEYFORMAT=\"identity\"\n",
            "#EXT-X-KEY:METHOD=AES-128,URI=\"M(k.bin)M\",KEYFORMAT=\"identity\"\n"),
        Row("KEY with METHOD=NONE", "#EXT-X-KEY:METHOD=NONE\n"),
        Row(
            "KEY of FairPlay",
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n"),
        Row(
            "KEY of Widevine",
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"data:text/plain;base64,AAAA\",KEYFORMAT=\"urn:uuid:edef8ba9\"\n"),
        Row("KEY with skd and no format", "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\"\n"),
        Row("KEY of another host", "#EXT-X-KEY:METHOD=AES-128,URI=\"https://keys.example.com/1?t=2\"\n"),
        Row(
            "SESSION-KEY", "#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"k.bin\"\n",
            "#EXT-X-SESSION-KEY:METHOD=AES-128,URI=\"M(k.bin)M\"\n"),
        Row(
            "DATERANGE with assets of another host",
            "#EXT-X-DATERANGE:ID=\"a\",CLASS=\"x\",X-ASSET-URI=\"https://ads.example.com/a.m3u8\"\n"
                + "#EXT-X-DATERANGE:ID=\"b\",X-ASSET-LIST=\"http://ads.example.com/list\",SCTE35-OUT=0xFC\n"),
        Row("segment of another host", "#EXTINF:4,\nhttps://cdn.example.com/ad.ts?a=b\n"),
        Row(
            "tags without URIs",
            """
            #EXT-X-VERSION:9
            #EXT-X-TARGETDURATION:4
            #EXT-X-MEDIA-SEQUENCE:266
            #EXT-X-DISCONTINUITY-SEQUENCE:1
            #EXT-X-PLAYLIST-TYPE:VOD
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.0
            #EXT-X-PART-INF:PART-TARGET=0.33334
            #EXT-X-SKIP:SKIPPED-SEGMENTS=3
            #EXT-X-START:TIME-OFFSET=0
            #EXT-X-INDEPENDENT-SEGMENTS
            #EXT-X-I-FRAMES-ONLY
            #EXT-X-PROGRAM-DATE-TIME:2026-02-14T02:13:36.106Z
            #EXT-X-DISCONTINUITY
            #EXT-X-GAP
            #EXT-X-BITRATE:1000
            #EXT-X-CUE-OUT:30
            #EXT-OATCLS-SCTE35:/DAlAAAAAAAAAP/wFAUAAAABf+/+
            #EXT-X-ENDLIST

            """),
        Row("an unknown tag with text about URIs", "#EXT-X-NOTE:TEXT=\"see URI=x, or X-URI=y\"\n"),
        Row("comments", "# URI=\"a.ts\"\n#EX\n##\n"),
    ]

    @Test(arguments: rows)
    func `URIs are replaced and everything else stays, with signed segments`(_ row: Row) throws {
        #expect(try rewritten(lines: row.lines) == row.text(media: "https://r2.test/"))
    }

    @Test(arguments: rows)
    func `URIs are replaced and everything else stays, with segments at the app's route`(_ row: Row) throws {
        let links = RecordingLinks(media: "/segment/")
        #expect(try rewritten(lines: row.lines, links) == row.text(media: "/segment/"))
    }

    @Test func `keys go to their route with the option`() throws {
        let options = PlaylistRewriter.Options(keys: .route)
        for tag in ["EXT-X-KEY", "EXT-X-SESSION-KEY"] {
            #expect(
                try rewritten(lines: "#\(tag):METHOD=AES-128,URI=\"k.bin\"", RecordingLinks(), options)
                    == "#\(tag):METHOD=AES-128,URI=\"https://app.test/key/\(folder)k.bin\"")
        }
    }

    /// A playlist that is refused, with the problem, the line and the tag.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let lines: String
        let problem: PlaylistError.Problem
        let line: Int
        let tag: String?

        init(_ lines: String, _ problem: PlaylistError.Problem, line: Int = 2, tag: String?) {
            (self.lines, self.problem, self.line, self.tag) = (lines, problem, line, tag)
        }

        var testDescription: String { lines }
    }

    static let refusals = [
        Refusal("#EXT-X-CONTENT-STEERING:SERVER-URI=\"s.json\"\n", .contentSteering, tag: "EXT-X-CONTENT-STEERING"),
        Refusal(
            "#EXT-X-CONTENT-STEERING:SERVER-URI=\"https://a.test/s\"\n", .contentSteering,
            tag: "EXT-X-CONTENT-STEERING"),
        Refusal("#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT=\"x\"\n", .variable, line: 3, tag: "EXT-X-DEFINE"),
        Refusal("#EXT-X-DEFINE:QUERYPARAM=\"x\"\n", .variable, tag: "EXT-X-DEFINE"),
        Refusal("#EXT-X-DEFINE:NAME=\"x\"\n", .variable, tag: "EXT-X-DEFINE"),
        Refusal(
            "#EXT-X-DEFINE:NAME=\"x\",VALUE=\"1\"\n#EXT-X-DEFINE:NAME=\"x\",VALUE=\"2\"\n", .variable, line: 3,
            tag: "EXT-X-DEFINE"),
        Refusal("#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"ad.m3u8\"\n", .unresolvableURI, tag: "EXT-X-DATERANGE"),
        Refusal("#EXT-X-DATERANGE:ID=\"a\",X-ASSET-LIST=\"/list.json\"\n", .unresolvableURI, tag: "EXT-X-DATERANGE"),
        Refusal("#EXT-X-DATERANGE:ID=\"a\",X-COM-EXAMPLE-URI=\"x\"\n", .unresolvableURI, tag: "EXT-X-DATERANGE"),
        Refusal(
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k.bin\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n",
            .unresolvableURI, tag: "EXT-X-KEY"),
        Refusal("#EXT-X-FUTURE:URI=\"a.ts\"\n", .unknownURI, tag: "EXT-X-FUTURE"),
        Refusal("#EXT-X-FUTURE:ID=1,SERVER-URI=\"a.ts\"\n", .unknownURI, tag: "EXT-X-FUTURE"),
        Refusal("#EXT-X-FUTURE:uri=a.ts\n", .unknownURI, tag: "EXT-X-FUTURE"),
        Refusal("#EXT-X-ENDLIST,URI=\"a.ts\"\n", .unknownURI, tag: "EXT-X-ENDLIST,URI=\"a.ts\""),
        Refusal("#EXT-X-FUTURE;SERVER-URI=a.ts\n", .unknownURI, tag: "EXT-X-FUTURE;SERVER-URI=a.ts"),
        Refusal("#EXT-X-FUTURE:{URI=\"a.ts\n", .unknownURI, tag: "EXT-X-FUTURE"),
        Refusal("#EXT-X-STREAM-INF:BANDWIDTH=1,X-URI=\"a.m3u8\"\nb.m3u8\n", .unknownURI, tag: "EXT-X-STREAM-INF"),
        Refusal("#EXT-X-MAP:URI=\"a.mp4\",BACKUP-URI=\"b.mp4\"\n", .unknownURI, tag: "EXT-X-MAP"),
        Refusal("#EXT-X-MAP:uri=\"a.mp4\"\n", .unknownURI, tag: "EXT-X-MAP"),
        Refusal("#EXT-X-MAP:URI=a.mp4\n", .malformed, tag: "EXT-X-MAP"),
        Refusal("#EXT-X-MAP:URI=\"a.mp4\n", .malformed, tag: "EXT-X-MAP"),
        Refusal("#EXT-X-MAP:URI=\"a.mp4\",URI=\"b.mp4\"\n", .malformed, tag: "EXT-X-MAP"),
        Refusal("#EXT-X-MAP:URI =\"a.mp4\"\n", .malformed, tag: "EXT-X-MAP"),
        Refusal(
            "#EXT-X-KEY:METHOD=AES-128,KEYFORMAT=\"identity\",KEYFORMAT=\"x\",URI=\"k\"\n", .malformed,
            tag: "EXT-X-KEY"),
        Refusal("#EXT-X-PREFETCH:\n", .invalidURI, tag: "EXT-X-PREFETCH"),
        Refusal("#EXT-X-PREFETCH\n", .invalidURI, tag: "EXT-X-PREFETCH"),
        Refusal("#EXT-X-PREFETCH: seg1.ts\n", .malformed, tag: "EXT-X-PREFETCH"),
        Refusal("seg1.ts\n", .malformed, tag: nil),
        Refusal("#EXTINF:4,\nseg1.ts\nseg2.ts\n", .malformed, line: 4, tag: nil),
        Refusal("#EXTINF:4,\n seg1.ts\n", .malformed, line: 3, tag: nil),
        Refusal("#EXTINF:4,\nseg1.ts \n", .malformed, line: 3, tag: nil),
        Refusal(
            "#EXTINF:4,\na.ts\n#EXT-X-STREAM-INF:BANDWIDTH=1\nb.m3u8\n", .mixedKinds, line: 4,
            tag: "EXT-X-STREAM-INF"),
        Refusal(
            "#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n#EXT-X-TARGETDURATION:4\n", .mixedKinds, line: 4,
            tag: "EXT-X-TARGETDURATION"),
        Refusal("#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a.m3u8\"\n#EXTINF:4,\nb.ts\n", .mixedKinds, line: 3, tag: "EXTINF"),
    ]

    @Test(arguments: refusals)
    func `a playlist that can't be rewritten is refused with the line and the tag`(_ expected: Refusal) throws {
        let error = try #require(try refusal(lines: expected.lines))
        #expect(error.problem == expected.problem)
        #expect(error.line == expected.line)
        #expect(error.tag == expected.tag)
        #expect(error.description.hasPrefix("Playlist, line \(expected.line)"))
    }

    @Test func `unknown URIs stay with the option`() throws {
        let lines = "#EXT-X-FUTURE:URI=\"a.ts\"\n#EXT-X-MAP:URI=\"i.mp4\",BACKUP-URI=\"b.mp4\"\n"
        #expect(
            try rewritten(lines: lines, RecordingLinks(), .init(unknownURIs: .keep))
                == lines.replacing("i.mp4", with: "https://r2.test/\(folder)i.mp4?signed"))
    }

    @Test func `absolute URIs are refused with the option`() throws {
        let options = PlaylistRewriter.Options(absoluteURIs: .refuse)
        for lines in [
            "#EXTINF:4,\nhttps://a.test/1.ts\n", "#EXT-X-PREFETCH:https://a.test/1.ts\n",
            "#EXT-X-KEY:METHOD=AES-128,URI=\"https://a.test/k\"\n", "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\"\n",
            "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"https://a.test/k\",KEYFORMAT=\"x\"\n",
            "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"HTTP://a.test/k\",KEYFORMAT=\"x\"\n",
            "#EXT-X-DATERANGE:ID=\"a\",X-ASSET-URI=\"https://a.test/a.m3u8\"\n",
            "#EXT-X-DATERANGE:ID=\"a\",X-ASSET-LIST=\"http://a.test/list\"\n",
            "#EXT-X-DATERANGE:ID=\"a\",X-COM-EXAMPLE-URI=\"https://a.test/x\"\n",
        ] {
            #expect(try refusal(lines: lines, options)?.problem == .absoluteURI, "\(lines)")
        }
        for uri in ["skd://k", "data:text/plain;base64,AAAA"] {
            let lines = "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"\(uri)\",KEYFORMAT=\"x\"\n#EXT-X-DATERANGE:ID=\"a\"\n"
            #expect(try rewritten(lines: lines, RecordingLinks(), options) == lines)
        }
    }
}
#endif
