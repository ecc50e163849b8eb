#if Delivery && Emulator
import Foundation
import NIOCore
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

@Suite("Playback: files and playlists in the emulator")
struct PlaylistDeliveryTests {
    private static let multivariant = """
        #EXTM3U
        #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x",URI="audio/a.m3u8"
        #EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
        v/720.m3u8

        """
    private static let media = """
        #EXTM3U
        #EXT-X-TARGETDURATION:4
        #EXT-X-KEY:METHOD=AES-128,URI="../k.bin"
        #EXT-X-MAP:URI="init.mp4"
        #EXTINF:4,
        1.m4s
        #EXTINF:4,
        2 ü.m4s
        #EXT-X-ENDLIST

        """

    /// Runs a test with a video whose HLS rendition has two playlists.
    private func withStream(
        _ body: @Sendable (PlaybackWorld, Video) async throws -> Void
    ) async throws {
        try await withR2Emulator { config in
            let world = PlaybackWorld(config)
            let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/hls/master.m3u8"])
            let folder = "videos/\(video.id)/1/hls"
            try await world.store("the file", at: video.objectKey)
            try await world.store(Self.multivariant, at: "\(folder)/master.m3u8")
            try await world.store(Self.media, at: "\(folder)/v/720.m3u8")
            try await world.store(Self.media, at: "\(folder)/audio/a.m3u8")
            for name in ["k.bin", "v/init.mp4", "v/1.m4s", "v/2 ü.m4s"] {
                try await world.store("bytes of \(name)", at: "\(folder)/\(name)")
            }
            try await body(world, video)
        }
    }

    /// Returns the tokens of links in a text, by the name of their file.
    private func tokens(in text: String, route: String) -> [String: String] {
        var tokens: [String: String] = [:]
        for match in text.matches(of: /https:\/\/app\.test\/play\/([a-z]+)\/([A-Za-z0-9_-]+)\/([^"\s]+)/)
        where match.output.1 == route {
            tokens[String(match.output.3)] = String(match.output.2)
        }
        return tokens
    }

    @Test func `a playback URL works with a plain GET`() async throws {
        try await withStream { world, video in
            let playback = try await world.playback().playback(for: video.id, viewer: world.ann)
            let response = try await fetch(playback.url)
            #expect(response.status == 200)
            #expect(response.body == "the file")
        }
    }

    @Test func `a rewritten playlist leads to its segments without headers or parents' queries`() async throws {
        try await withStream { world, video in
            let playback = try world.playback(try PlaybackWorld.delivery())
            let start = try await playback.playback(for: video.id, rendition: "hls", viewer: world.ann)
            #expect(start.contentType == "application/vnd.apple.mpegurl")
            let first = try #require(tokens(in: start.url, route: "playlist")["master.m3u8"])

            let master = try await playback.playlist(token: first)
            #expect(master.contentType == "application/vnd.apple.mpegurl")
            #expect(master.cacheControl == "private, no-store")
            let children = tokens(in: try await master.text, route: "playlist")
            #expect(Set(children.keys) == ["720.m3u8", "a.m3u8"])

            let child = try await playback.playlist(token: try #require(children["720.m3u8"])).text
            let urls = child.matches(of: /https?:\/\/[^"\n]+/).map { String($0.output) }
            #expect(urls.count == 4)
            var bodies: [String] = []
            for url in urls { bodies.append(try await fetch(url).body) }
            #expect(bodies == ["k.bin", "v/init.mp4", "v/1.m4s", "v/2 ü.m4s"].map { "bytes of \($0)" })
        }
    }

    @Test func `a viewer whom the app knows gets the same playlists by path`() async throws {
        try await withStream { world, video in
            let now = Date()
            let playback = try world.playback(try PlaybackWorld.delivery(), clock: { now })
            let master = try await playback.playlist(for: video.id, viewer: world.ann).text
            #expect(tokens(in: master, route: "playlist").count == 2)
            let byPath = try await playback.playlist(for: video.id, viewer: world.ann, path: "v/720.m3u8").text
            let token = try #require(tokens(in: master, route: "playlist")["720.m3u8"])
            #expect(try await playback.playlist(token: token).text == byPath)
        }
    }

    @Test func `redirects lead to segments for a minute, and end when the viewer may no longer play`() async throws {
        try await withStream { world, video in
            let playback = try world.playback(try PlaybackWorld.delivery(.redirect, keys: .route))
            let child = try await playback.playlist(for: video.id, viewer: world.ann, path: "v/720.m3u8").text
            #expect(!child.contains("X-Amz"))
            let segments = tokens(in: child, route: "segment")
            #expect(Set(segments.keys) == ["init.mp4", "1.m4s", "2%20%C3%BC.m4s"])
            let keys = tokens(in: child, route: "key")
            #expect(Array(keys.keys) == ["k.bin"])

            let segment = try #require(segments["2%20%C3%BC.m4s"])
            let redirect = try await playback.segmentRedirect(token: segment)
            #expect(redirect.url.contains("X-Amz-Expires=60&"))
            #expect(try await fetch(redirect.url).body == "bytes of v/2 ü.m4s")
            let key = try await playback.keyRedirect(token: try #require(keys["k.bin"]))
            #expect(try await fetch(key.url).body == "bytes of k.bin")
            // A token of one route doesn't open another.
            #expect(try await code { try await playback.keyRedirect(token: segment) } == .invalidToken)
            #expect(try await code { try await playback.playlist(token: segment) } == .invalidToken)

            world.viewers.remove("ann")
            #expect(try await code { try await playback.segmentRedirect(token: segment) } == .playbackForbidden)
        }
    }

    @Test(arguments: [(7200, 60.0), (30, 30)] as [(Int64, Double)])
    func `redirects to a custom domain live for a minute, however long the rule accepts a token`(
        _ timeToLive: Int64, _ lifetime: Double
    ) async throws {
        try await withStream { world, video in
            let signer = try EdgeTokenSigner(secret: "edge", encoding: .urlSafe)
            let edge = EdgeDelivery(
                origin: "https://media.example.com", signer: signer, timeToLive: .seconds(timeToLive))
            let now = Date(timeIntervalSince1970: 1_800_000_060)
            let playback = try world.playback(
                try PlaybackWorld.delivery(.redirect), options: PlaybackOptions(edge: edge), clock: { now })
            let child = try await playback.playlist(for: video.id, viewer: world.ann, path: "v/720.m3u8").text
            let token = try #require(tokens(in: child, route: "segment")["1.m4s"])
            let redirect = try await playback.segmentRedirect(token: token)
            #expect(redirect.expiresAt == now + lifetime)
            let path = "/videos/\(video.id)/1/hls/v/1.m4s"
            let code = redirect.url.replacing("https://media.example.com\(path)?verify=", with: "")
            for (date, isValid) in [(now, true), (now + lifetime - 1, true), (now + lifetime, false)] {
                #expect(signer.isValid(code, for: path, timeToLive: .seconds(timeToLive), at: date) == isValid)
            }
        }
    }

    @Test func `lesson: an expired URL in a pause stops the player, and a new one continues`() async throws {
        let r2 = try await R2Emulator.start()
        do {
            let world = PlaybackWorld(r2.config)
            let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/hls/v/720.m3u8"])
            try await world.store(Self.media, at: "videos/\(video.id)/1/hls/v/720.m3u8")
            try await world.store("bytes", at: "videos/\(video.id)/1/hls/v/1.m4s")
            try await world.store("the file", at: video.objectKey)
            let clock: CatalogClock = { r2.clock.now }
            let signed = try world.playback(try PlaybackWorld.delivery(), clock: clock)
            let redirected = try world.playback(try PlaybackWorld.delivery(.redirect), clock: clock)
            let file = try await signed.playback(for: video.id, viewer: world.ann)
            let text = try await redirected.playlist(for: video.id, viewer: world.ann).text
            let segment = try #require(tokens(in: text, route: "segment")["1.m4s"])
            let first = try await redirected.segmentRedirect(token: segment)

            // A pause within the allowance: only the URL of a minute has expired, and the route issues another.
            try await r2.advanceClock(by: .seconds(3600))
            #expect(try await fetch(file.url).status == 200)
            #expect(try await fetch(first.url).status == 403)
            #expect(try await fetch(try await redirected.segmentRedirect(token: segment).url).body == "bytes")

            // A longer pause.
            try await r2.advanceClock(by: .seconds(4 * 3600))
            #expect(file.expiresAt < r2.clock.now)
            #expect(try await fetch(file.url).status == 403)
            #expect(try await fetch(try await redirected.segmentRedirect(token: segment).url).body == "bytes")
            let next = try await signed.playback(for: video.id, viewer: world.ann)
            #expect(next.cacheKey == file.cacheKey)
            #expect(try await fetch(next.url).body == "the file")

            // Redirects last for a week.
            try await r2.advanceClock(by: .seconds(7 * 86_400))
            #expect(try await code { try await redirected.segmentRedirect(token: segment) } == .expiredToken)
        } catch {
            await r2.stop()
            throw error
        }
        await r2.stop()
    }

    @Test func `a token ends with its date, its viewer and its video`() async throws {
        try await withStream { world, video in
            let now = Date()
            let delivery = try PlaybackWorld.delivery()
            let start = try await world.playback(delivery, clock: { now })
                .playback(for: video.id, rendition: "hls", viewer: world.ann)
            let token = try #require(tokens(in: start.url, route: "playlist")["master.m3u8"])
            let late = try world.playback(delivery, clock: { start.expiresAt })
            #expect(try await code { try await late.playlist(token: token) } == .expiredToken)

            let gone = try await world.playback(delivery)
                .playback(for: video.id, rendition: "hls", viewer: TestViewer(name: "deleted"))
            let goneToken = try #require(tokens(in: gone.url, route: "playlist")["master.m3u8"])
            #expect(
                try await code { try await world.playback(delivery).playlist(token: goneToken) } == .playbackForbidden)

            try await world.catalog.delete(video.id, expecting: nil)
            #expect(try await code { try await world.playback(delivery).playlist(token: token) } == .notFound)
        }
    }

    @Test func `children inherit the expiry, so that a playlist has one URL`() async throws {
        try await withStream { world, video in
            let now = Date()
            let delivery = try PlaybackWorld.delivery()
            let master = try await world.playback(delivery, clock: { now }).playlist(for: video.id, viewer: world.ann)
            let token = try #require(tokens(in: try await master.text, route: "playlist")["720.m3u8"])
            let child = try await world.playback(delivery, clock: { now + 600 }).playlist(token: token)
            #expect(
                child.expiresAt == Date(timeIntervalSince1970: master.expiresAt.timeIntervalSince1970.rounded(.down)))
        }
    }

    @Test(
        arguments: [
            "../../../secret.m3u8", "%2e%2e/secret.m3u8", "/etc/passwd", "", ".", "..", "v/../../../x.m3u8",
            "v//720.m3u8",
            "v\0.m3u8", "../master.m3u8/..",
        ])
    func `a path that a client asks for never leaves the video's folder`(_ path: String) async throws {
        try await withStream { world, video in
            try await world.store(Self.multivariant, at: "secret.m3u8")
            let playback = try world.playback(try PlaybackWorld.delivery())
            let code = try await code { try await playback.playlist(for: video.id, viewer: world.ann, path: path) }
            #expect(code == .outsideVideo || code == .renditionNotFound)
        }
    }

    @Test func `a playlist that points to another video is refused`() async throws {
        try await withStream { world, video in
            let other = try await world.addVideo()
            let text = "#EXTM3U\n#EXTINF:4,\n../../../../\(other.objectKey)\n"
            try await world.store(text, at: "videos/\(video.id)/1/hls/evil.m3u8")
            let playback = try world.playback(try PlaybackWorld.delivery())
            let error = await #expect(throws: PlaylistError.self) {
                try await playback.playlist(for: video.id, viewer: world.ann, path: "evil.m3u8")
            }
            #expect(error?.problem == .outsideVideo)
            #expect(error?.line == 3)
        }
    }

    @Test func `a rendition beside all videos admits no other video`() async throws {
        try await withStream { world, _ in
            for key in ["videos/master.m3u8", "master.m3u8", "uploads/master.m3u8"] {
                let video = try await world.addVideo(renditions: ["hls": key])
                try await world.store(Self.multivariant, at: key)
                let playback = try world.playback(try PlaybackWorld.delivery())
                #expect(
                    try await code { try await playback.playlist(for: video.id, viewer: world.ann) } == .outsideVideo)
            }
            let video = try await world.addVideo(renditions: ["hls": "legacy/7/master.m3u8"])
            try await world.store(Self.multivariant, at: "legacy/7/master.m3u8")
            let playback = try world.playback(try PlaybackWorld.delivery())
            #expect(try await playback.playlist(for: video.id, viewer: world.ann).text.hasPrefix("#EXTM3U\n"))
        }
    }

    @Test func `a missing, compressed or oversized playlist is refused`() async throws {
        try await withStream { world, video in
            let folder = "videos/\(video.id)/1/hls"
            let playback = try world.playback(try PlaybackWorld.delivery())
            #expect(
                try await code { try await playback.playlist(for: video.id, viewer: world.ann, path: "no.m3u8") }
                    == .renditionNotFound)
            try await world.client.put(
                Array(Self.multivariant.utf8), to: try ObjectKey("\(folder)/gzip.m3u8"),
                properties: ObjectProperties(contentEncoding: "gzip"))
            let compressed = await #expect(throws: PlaylistError.self) {
                try await playback.playlist(for: video.id, viewer: world.ann, path: "gzip.m3u8")
            }
            #expect(compressed?.problem == .invalidText)

            var small = try PlaybackWorld.delivery()
            small.rewriting.maximumLength = 10
            let limited = try world.playback(small)
            let long = await #expect(throws: PlaylistError.self) {
                try await limited.playlist(for: video.id, viewer: world.ann)
            }
            #expect(long?.problem == .tooLong)
            #expect(
                try await code { try await world.playback().playlist(for: video.id, viewer: world.ann) }
                    == .invalidConfiguration)
        }
    }

    @Test func `a long playlist arrives in chunks, and a late problem ends the body with an error`() async throws {
        try await withStream { world, video in
            let lines = (0..<3000).map { "#EXTINF:4,\nseg\($0).ts\n" }.joined()
            try await world.store("#EXTM3U\n\(lines)", at: "videos/\(video.id)/1/hls/long.m3u8")
            try await world.store("#EXTM3U\n\(lines)../../../../x\n", at: "videos/\(video.id)/1/hls/late.m3u8")
            let playback = try world.playback(try PlaybackWorld.delivery())
            let long = try await playback.playlist(for: video.id, viewer: world.ann, path: "long.m3u8")
            var chunks = 0
            var text = ""
            for try await chunk in long.body {
                chunks += 1
                text += String(buffer: chunk)
            }
            #expect(chunks > 2)
            #expect(text.split(separator: "\n").filter { $0.contains("X-Amz-Signature=") }.count == 3000)

            let late = try await playback.playlist(for: video.id, viewer: world.ann, path: "late.m3u8")
            let error = await #expect(throws: PlaylistError.self) { for try await _ in late.body {} }
            #expect(error?.line == 6002)
        }
    }
}
#endif
