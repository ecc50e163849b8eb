#if Delivery
import R2Kit
import Testing
import VideoDelivery

@Suite("HLS playlists: URIs that point elsewhere")
struct URITests {
    @Test(
        arguments: [
            // The other video's folder, and the upload that wasn't checked.
            "../../../43/a/hls/seg.ts", "../../../../uploads/42/a", "/videos/43/a/seg.ts", "/videos/420/a.ts",
            "/etc.ts",
            "../../../../../../../../etc/passwd", "../../../42/../43/a.ts", "a/../../../../43/a.ts",
            "./../../../43/a.ts", "../../../..", "..",
            // Encoded forms that clients and servers understand differently.
            "%2e%2e/%2e%2e/%2e%2e/43/a.ts", "%2E%2E/a.ts", ".%2e/a.ts", "%2e/a.ts", "..%2f..%2f..%2f43%2fa.ts",
            "a%2Fb.ts", "..%5c..%5c43.ts", "..\\..\\..\\43\\a.ts", "a\\b.ts", "a%00.ts", "a%0a.ts", "a%7f.ts",
            "%ff.ts", "%c0%ae%c0%ae/a.ts", "a%zz.ts", "a%2", "%",
            // Another host, or no file.
            "//evil.test/a.ts", "///a.ts", "\\\\evil.test\\a.ts", "?x=1", "#a", "a//b.ts", "a/", "a/.", "a/..", "/",
            // Other schemes.
            "file:///etc/passwd", "javascript:alert(1)", "ftp://a.test/b", "concat:a.ts", "seg:1.ts", "FILE:/a",
        ])
    func `a URI that leaves the video's folder, or may be read as if it did, is refused`(_ uri: String) throws {
        for lines in [
            "#EXTINF:4,\n\(uri)\n", "#EXT-X-STREAM-INF:BANDWIDTH=1\n\(uri)\n", "#EXT-X-MAP:URI=\"\(uri)\"\n",
            "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"\(uri)\"\n", "#EXT-X-RENDITION-REPORT:URI=\"\(uri)\"\n",
            "#EXT-X-PREFETCH:\(uri)\n",
        ] where !(uri.hasPrefix("#") && !lines.contains("\"")) {
            let error = try #require(try refusal(lines: lines), "\(lines)")
            #expect([.outsideVideo, .invalidURI, .malformed, .invalidText].contains(error.problem))
            #expect(error.line != nil)
        }
    }

    @Test(arguments: ["../../../43/k.bin", "%2e%2e/k.bin", "//evil.test/k", "", "..\\k.bin"])
    func `a key's URI can't leave the video's folder`(_ uri: String) throws {
        #expect(try refusal(lines: "#EXT-X-KEY:METHOD=AES-128,URI=\"\(uri)\"\n") != nil)
    }

    @Test(
        arguments: [
            ("seg.ts", "seg.ts"), ("./seg.ts", "seg.ts"), ("a/./b/../seg.ts", "a/seg.ts"), ("a%2ets", "a.ts"),
            ("sub-1/seg_1~x.ts", "sub-1/seg_1~x.ts"), ("my%20seg.ts", "my seg.ts"), ("my seg.ts", "my seg.ts"),
            ("%C3%BCbung.ts", "übung.ts"), ("übung.ts", "übung.ts"), ("u\u{308}bung.ts", "übung.ts"),
            ("a%252e.ts", "a%2e.ts"), ("%252e%252e/a.ts", "%2e%2e/a.ts"), ("a%3Fb.ts", "a?b.ts"),
            ("seg.ts?token=1&b=2", "seg.ts"), ("seg.ts#t=1", "seg.ts"), ("seg.ts?a#b", "seg.ts"),
            ("/\(folder)seg.ts", "seg.ts"), ("../hls/seg.ts", "seg.ts"), ("./a:b.ts", "a:b.ts"), ("1:b.ts", "1:b.ts"),
            ("...ts", "...ts"), (".hidden/a.ts", ".hidden/a.ts"), ("a+b.ts", "a+b.ts"), ("a&b=c.ts", "a&b=c.ts"),
        ])
    func `a relative URI is resolved against the playlist's key`(_ uri: String, _ name: String) throws {
        let links = RecordingLinks()
        _ = try rewritten(lines: "#EXTINF:4,\n\(uri)\n", links)
        let key = try ObjectKey("\(folder)\(name)")
        #expect(links.batches.flatMap(\.self).map { try? ObjectKey($0) } == [key])
    }

    @Test func `a URI may climb within the video's folder`() throws {
        let text = try rewritten(lines: "#EXTINF:4,\n../audio/seg.ts\n")
        #expect(text == "#EXTINF:4,\nhttps://r2.test/videos/42/a/audio/seg.ts?signed\n")
    }

    @Test(arguments: ["http://cdn.test/a.ts?x=1#y", "HTTPS://cdn.test/a.ts", "data:video/mp2t;base64,AAAA"])
    func `an absolute URI stays as it is`(_ uri: String) throws {
        #expect(try rewritten(lines: "#EXTINF:4,\n\(uri)\n") == "#EXTINF:4,\n\(uri)\n")
    }

    @Test func `a folder admits neither its namesakes nor an empty name`() throws {
        let scope = try PlaylistScope(["videos/4/"])
        #expect(!scope.contains(try ObjectKey("videos/42/a.ts")))
        #expect(scope.contains(try ObjectKey("videos/4/a.ts")))
        for folder in ["", "/", "videos/4", "/videos/", "videos//", "a/../"] {
            #expect(throws: PlaylistError.self) { try PlaylistScope([folder]) }
        }
        #expect(throws: PlaylistError.self) { try PlaylistScope([]) }
    }

    @Test(arguments: ["https://app.test/a\"b", "https://app.test/a b", "a\nb", "", "https://app.test/ü", "#a"])
    func `a URL of the app that would break the playlist is refused`(_ url: String) throws {
        struct Broken: PlaylistLinks {
            let url: String
            func mediaURLs(for keys: [ObjectKey]) -> [String] { keys.map { _ in url } }
            func playlistURL(for key: ObjectKey) -> String { url }
            func keyURL(for key: ObjectKey) -> String { url }
        }
        for lines in ["#EXTINF:4,\na.ts\n", "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a.m3u8\"\n"] {
            let error = #expect(throws: PlaylistError.self) { try rewritten(lines: lines, Broken(url: url)) }
            #expect(error?.problem == .link)
            #expect(error?.line != nil)
        }
    }

    @Test func `an error of the app's links doesn't show what it contains`() throws {
        struct Secret: Error { let secret = "hunter2" }
        struct Failing: PlaylistLinks {
            func mediaURLs(for keys: [ObjectKey]) throws -> [String] { throw Secret() }
            func playlistURL(for key: ObjectKey) throws -> String { throw Secret() }
            func keyURL(for key: ObjectKey) throws -> String { throw Secret() }
        }
        let error = #expect(throws: PlaylistError.self) { try rewritten(lines: "#EXTINF:4,\na.ts\n", Failing()) }
        #expect(error?.problem == .link)
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }
}
#endif
