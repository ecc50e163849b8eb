#if Delivery
import Testing
import VideoDelivery

@Suite("HLS playlists: variables")
struct VariableTests {
    @Test func `values are filled in in URIs and quoted strings`() throws {
        let definitions = "#EXT-X-DEFINE:NAME=\"d\",VALUE=\"720\"\n"
        let text = try rewritten(
            lines: definitions + "#EXT-X-MAP:URI=\"{$d}/init.mp4\"\n#EXTINF:4,{$d}\n{$d}/{$d}.ts\n")
        #expect(
            text == definitions + """
                #EXT-X-MAP:URI="https://r2.test/\(folder)720/init.mp4?signed"
                #EXTINF:4,{$d}
                https://r2.test/\(folder)720/720.ts?signed

                """)
    }

    @Test func `a value may use variables that were defined before it`() throws {
        let text = try rewritten(
            lines: """
                #EXT-X-DEFINE:NAME="a",VALUE="x"
                #EXT-X-DEFINE:NAME="b",VALUE="{$a}/y"
                #EXT-X-MEDIA:TYPE=AUDIO,NAME="{$a}",URI="{$b}.m3u8"

                """)
        #expect(
            text == """
                #EXT-X-DEFINE:NAME="a",VALUE="x"
                #EXT-X-DEFINE:NAME="b",VALUE="x/y"
                #EXT-X-MEDIA:TYPE=AUDIO,NAME="x",URI="https://app.test/play/\(folder)x/y.m3u8"

                """)
    }

    @Test(arguments: ["#EXTINF:4,\n{$x}.ts\n", "#EXT-X-MAP:URI=\"{$x}.mp4\"\n"])
    func `an undefined variable is refused`(_ lines: String) throws {
        #expect(try refusal(lines: lines)?.problem == .variable)
    }

    @Test(arguments: ["{$.ts", "{$}.ts", "{x}.ts", "{$a b}.ts"])
    func `text that isn't a reference is part of the name`(_ name: String) throws {
        let encoded = name.replacing("{", with: "%7B").replacing("}", with: "%7D").replacing(" ", with: "%20")
        #expect(try rewritten(lines: "#EXTINF:4,\n\(name)\n").hasSuffix("/\(encoded)?signed\n"))
    }

    @Test(arguments: ["../../../../43/x.ts", "https://evil.test/x.ts", "%2e%2e/x.ts"])
    func `a value can't lead out of the video's folder`(_ value: String) throws {
        let lines = "#EXT-X-DEFINE:NAME=\"x\",VALUE=\"\(value)\"\n#EXT-X-MAP:URI=\"a/{$x}\"\n"
        let problem = try #require(try refusal(lines: lines)?.problem)
        #expect([.outsideVideo, .invalidURI].contains(problem))
    }

    @Test func `values can't make a line grow without limit`() throws {
        let value = String(repeating: "x", count: 1000)
        let line = "#EXT-X-MEDIA:NAME=\"\(String(repeating: "{$x}", count: 1000))\"\n"
        let error = try refusal(lines: "#EXT-X-DEFINE:NAME=\"x\",VALUE=\"\(value)\"\n\(line)")
        #expect(error?.problem == .tooLong)
        let lines = String(repeating: "#EXT-X-NOTE:T=\"\(String(repeating: "{$x}", count: 60))\"\n", count: 100)
        let options = PlaylistRewriter.Options(maximumOutputLength: 1_000_000)
        #expect(
            try refusal(lines: "#EXT-X-DEFINE:NAME=\"x\",VALUE=\"\(value)\"\n\(lines)", options)?.problem == .tooLong)
    }
}
#endif
