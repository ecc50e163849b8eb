#if Delivery
import Foundation
import TestSupport
import Testing
import VideoDelivery

@Suite("HLS playlists: random playlists")
struct PlaylistPropertyTests {
    static let pieces = [
        "#EXTM3U", "#EXTINF:4,", "#EXTINF:4,title", "#EXT-X-STREAM-INF:BANDWIDTH=1", "#EXT-X-MAP:URI=\"", "\"", ",",
        "=",
        "#EXT-X-KEY:METHOD=AES-128,URI=\"", "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"", "#EXT-X-PART:URI=\"", "KEYFORMAT=\"x\"",
        "#EXT-X-SESSION-DATA:DATA-ID=\"a\",URI=\"", "#EXT-X-RENDITION-REPORT:URI=\"", "#EXT-X-DATERANGE:X-ASSET-URI=\"",
        "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"", "{$a}", "{$", "}", "#EXT-X-UNKNOWN:URI=\"", "#EXT-X-ENDLIST", "#", " ",
        "\t",
        "a.ts", "b/c.m3u8", "..", "/", "%2e", "%2F", "\\", "?x", "https://cdn.test/a.ts", "//h", "data:,", "ü",
        "%C3%BC",
        "\u{FEFF}", "\u{2028}", "\r", "URI=\"", "-URI=",
    ]
    static let ends = ["\n", "\n", "\n", "\r\n", "\n\n", "\r"]

    /// Returns a playlist that is often valid: whole lines, of which some are changed.
    static func playlist(_ random: inout SeededGenerator) -> [UInt8] {
        var text = random.happens(0.95) ? "#EXTM3U\n" : ""
        let isMedia = random.happens(0.5)
        for _ in 0..<random.next(12) {
            let uri = random.pick(["a.ts", "b/c.mp4", "../d.m3u8", "é.ts", "https://cdn.test/x", "{$a}.ts", "x%20y.ts"])
            switch random.next(random.happens(0.8) ? 5 : 6) {
            case 0: text += (isMedia ? "#EXTINF:4,\n" : "#EXT-X-STREAM-INF:BANDWIDTH=1\n") + uri
            case 1: text += "#EXT-X-\(isMedia ? "MAP" : "SESSION-DATA"):URI=\"\(uri)\",X=\"a,b\""
            case 2: text += "#EXT-X-\(isMedia ? "" : "SESSION-")KEY:METHOD=AES-128,URI=\"\(uri)\""
            case 3: text += "#EXT-X-\(isMedia ? "PART" : "MEDIA"):A=1,URI=\"\(uri)\""
            case 4: text += random.pick(["", "# comment", "#EXT-X-VERSION:3", "#EXT-X-DEFINE:NAME=\"a\",VALUE=\"v\""])
            default: for _ in 0..<random.next(6) { text += random.pick(pieces) }
            }
            text += random.happens(0.9) ? "\n" : random.pick(ends)
        }
        var bytes = Array(text.utf8)
        for _ in 0..<(random.happens(0.2) ? 3 : 0) where !bytes.isEmpty {
            bytes[random.next(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
        }
        return bytes
    }

    /// Returns the URIs that a player finds in a playlist.
    static func uris(in text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).flatMap { line -> [String] in
            guard line.hasPrefix("#") else { return [String(line)] }
            let name = line.prefix { $0 != ":" }
            guard name.hasPrefix("#EXT-X-"), name != "#EXT-X-DEFINE" else { return [] }
            return line.matches(of: /(?:^|[:,\s])(?:[A-Z-]*-)?URI=("[^"]*"|[^,]*)/).map {
                $0.output.1.trimmingCharacters(in: ["\""])
            }
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, UInt64.random(in: .min ... .max)])
    func `no relative URI is left, however the playlist arrives`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for index in 0..<1000 {
            let bytes = Self.playlist(&random)
            let place = "seed \(seed), playlist \(index): \(String(decoding: bytes, as: UTF8.self).debugDescription)"
            let whole = Result { try rewritten(bytes) }
            let cut = random.next(bytes.count + 1)
            let inParts = Result { () throws -> String in
                var rewriter = try makeRewriter()
                var text = try rewriter.rewrite(Array(bytes[..<cut]))
                text += try rewriter.rewrite(Array(bytes[cut...]))
                text += try rewriter.finish()
                return String(decoding: text, as: UTF8.self)
            }
            switch (whole, inParts) {
            case (.success(let text), .success(let other)):
                #expect(text == other, "\(place)")
                accepted += 1
                for uri in Self.uris(in: text) {
                    let isAllowed = [
                        "https://r2.test/videos/42/", "https://app.test/play/videos/42/", "/play/videos/42/",
                    ]
                    .contains { uri.hasPrefix($0) && !uri.contains("..") }
                    let isAbsolute = uri.wholeMatch(of: /[A-Za-z][A-Za-z0-9+.-]*:.*/) != nil
                    #expect(isAllowed || isAbsolute, "\(uri) in \(place)")
                }
            case (.failure(let first as PlaylistError), .failure(let second as PlaylistError)):
                #expect(first == second, "\(place)")
            default: Issue.record("The parts gave another result: \(place)")
            }
        }
        // The test means something only if both occur.
        #expect((100..<950).contains(accepted), "seed \(seed): \(accepted) were accepted")
    }
}
#endif
