#if Delivery && Emulator
import TestSupport
import Foundation
import InMemoryLogging
import Logging
import HTTPTypes
import R2Emulator
import R2Storage
import R2Kit
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

@Suite("The routes of playback")
struct PlaybackRouteTests {
    @Test func `a file is played from a signed URL`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.ready()
            let playback = try await world.send(.get, "/videos/\(id)/playback")
            try Golden.expect("playback", playback)
            let (status, body) = try await world.get(try playback.string("url"))
            #expect(status == 200)
            #expect(body == SampleVideo.mp4())
        }
    }

    @Test func `a stream's playlists have tokens, and its segments signed URLs`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            let playback = try await world.send(.get, "/videos/\(id)/playback?rendition=hls")
            try Golden.expect("playback-hls", playback)
            try Golden.expect("playlist", try await world.send(.get, "/videos/\(id)/playlist"))
            // Players send neither cookies nor headers.
            let main = try await world.send(.get, try Self.path(try playback.string("url")), as: nil)
            #expect(try await world.send(.get, "/videos/\(id)/playlist").text == main.text)
            let variant = try await world.send(.get, try Self.path(try #require(Self.uris(main).first)), as: nil)
            try Golden.expect("playlist-variant", variant)
            let segment = try await world.get(try #require(Self.uris(variant).last))
            #expect(segment.status == 200)
            #expect(segment.body == Array("segment".utf8))
        }
    }

    @Test func `keys and segments are redirected where the app wants to ask again`() async throws {
        try await EndpointWorld.with(mode: .redirect) { world in
            let id = try await world.readyStream()
            let main = try await world.send(.get, "/videos/\(id)/playlist")
            let variant = try await world.send(.get, try Self.path(try #require(Self.uris(main).first)), as: nil)
            let uris = Self.uris(variant)
            #expect(uris.count == 2)
            for (uri, (name, text)) in zip(uris, [("key", "0123456789abcdef"), ("segment", "segment")]) {
                let redirect = try await world.send(.get, try Self.path(uri), as: nil)
                try Golden.expect("redirect-\(name)", redirect)
                let file = try await world.get(try #require(redirect.headers[.location]))
                #expect(file.body == Array(text.utf8))
                let head = try await world.send(.head, try Self.path(uri), as: nil)
                #expect(head.status == 302 && head.bytes.isEmpty)
                // A token for one kind of route isn't valid for another.
                let other = name == "key" ? "segment" : "key"
                try await world.send(
                    .get, try Self.path(uri).replacing("/play/\(name)/", with: "/play/\(other)/"), as: nil
                ).expectProblem(403, "invalidToken")
            }
        }
    }

    @Test func `tokens that are forged or expired are refused`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            let path = try Self.path(try await world.send(.get, "/videos/\(id)/playback?rendition=hls").string("url"))
            #expect(try await world.send(.get, path, as: nil).status == 200)
            let segments = path.split(separator: "/")
            let token = try #require(segments.dropFirst(2).first)
            var bytes = Array(token.utf8)
            bytes[20] = bytes[20] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let flipped = String(decoding: bytes, as: UTF8.self)
            for forged in [flipped, "x", String(token.dropFirst()), "%00", "a%2Fb"] {
                let reply = try await world.send(.get, "/play/playlist/\(forged)/master.m3u8", as: nil)
                #expect([400, 403].contains(reply.status) && reply.code?.hasPrefix("invalid") == true)
            }
            world.r2.clock.advance(by: .seconds(8 * 86_400))
            try await world.send(.get, path, as: nil).expectProblem(403, "expiredToken")
        }
    }

    @Test func `a viewer who may read but not yet play learns why`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.begin().string("video")
            try await world.send(.get, "/videos/\(id)/playback").expectProblem(409, "videoNotReady")
            let ready = try await world.ready(token: "t2")
            try await world.send(.get, "/videos/\(ready)/playback?rendition=hls")
                .expectProblem(404, "renditionNotFound")
            try await world.send(.get, "/videos/\(ready)/playback", as: .bob).expectProblem(404, "notFound")
        }
    }

    @Test func `a playlist that can't be rewritten is the server's problem`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            try await world.client.put(Array("no playlist".utf8), to: .init("videos/\(id)/hls/master.m3u8"))
            try await world.send(.get, "/videos/\(id)/playlist").expectProblem(502, "invalidPlaylist")
        }
    }

    @Test func `a playlist that breaks off later ends with an error`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            let segments = (0..<2000).map { "#EXTINF:2,\ns\($0).ts\n" }.joined()
            let text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n\(segments)#EXTINF:2,\n../../other.ts\n"
            try await world.client.put(Array(text.utf8), to: .init("videos/\(id)/hls/master.m3u8"))
            await #expect(throws: PlaylistError.self) { try await world.send(.get, "/videos/\(id)/playlist") }
            // A response to HEAD comes after the whole was read.
            #expect(try await world.send(.head, "/videos/\(id)/playlist").status == 502)
        }
    }

    @Test func `an error of the server is logged without the token in the path`() async throws {
        let log = InMemoryLogHandler()
        try await EndpointWorld.with(logger: Logger(label: "endpoints") { _ in log }) { world in
            let id = try await world.readyStream()
            let path = try Self.path(try await world.send(.get, "/videos/\(id)/playback?rendition=hls").string("url"))
            try await world.client.put(Array("no playlist".utf8), to: .init("videos/\(id)/hls/master.m3u8"))
            try await world.send(.get, path, as: nil).expectProblem(502, "invalidPlaylist")
            try await world.send(.get, "/nothing").expectProblem(404, "notFound")
            let entry = try #require(log.entries.first)
            #expect(log.entries.count == 1 && entry.level == .error)
            #expect(entry.metadata["path"] == "/api/play")
            #expect(entry.metadata["code"] == "invalidPlaylist" && entry.metadata["status"] == "502")
        }
    }

    @Test func `a response to HEAD has the headers of GET and no body`() async throws {
        try await EndpointWorld.with { world in
            let id = try await world.readyStream()
            let paths = [
                "/videos", "/videos/\(id)", "/videos/\(id)/playback", "/videos/\(id)/playlist", "/uploads/\(id)",
                "/videos/00000000-0000-7000-8000-000000000000",
            ]
            for path in paths {
                let get = try await world.send(.get, path)
                let head = try await world.send(.head, path)
                #expect(head.status == get.status)
                var headers = get.headers
                headers[.contentLength] = String(get.bytes.count)
                #expect(head.headers == headers, "\(path)")
                #expect(head.bytes.isEmpty && !get.bytes.isEmpty)
            }
        }
    }

    /// The path below the prefix.
    private static func path(_ url: String) throws -> String {
        try #require(url.hasPrefix(EndpointWorld.prefix) ? String(url.dropFirst(EndpointWorld.prefix.count)) : nil)
    }

    /// The URIs in a playlist: those of keys, then those of lines.
    private static func uris(_ playlist: Reply) -> [String] {
        let keys = playlist.text.matches(of: #/URI="([^"]+)"/#).map { String($0.output.1) }
        return keys + playlist.text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }
}
#endif
