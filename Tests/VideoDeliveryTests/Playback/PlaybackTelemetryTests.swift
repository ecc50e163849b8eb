#if Delivery && Emulator
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import R2Emulator
import R2Kit
import R2Storage
import Testing
import Tracing
import VideoCatalog
import VideoDelivery

/// Logs, metrics and spans of playbacks.
@Suite struct PlaybackTelemetryTests {
    @Test func `calls and playlists are recorded with their outcome, and without URLs and tokens`() async throws {
        let telemetry = RecordedTelemetry()
        try await withR2Emulator(RecordedTelemetry.emulator) { config in
            let plain = PlaybackWorld(config)
            let video = try await plain.addVideo(renditions: ["hls": "VIDEO/1/hls/master.m3u8"])
            let folder = "videos/\(video.id)/1/hls"
            try await plain.store("#EXTM3U\n#EXTINF:4,\n1.ts\n#EXT-X-ENDLIST\n", at: "\(folder)/master.m3u8")
            // The problem is behind what is rewritten before the response starts.
            let line = "#EXTINF:4,\n1.ts\n"
            let long = "#EXTM3U\n" + String(repeating: line, count: 40_000 / line.utf8.count)
            try await plain.store(long + "#EXTINF:4,\n../../../secret.ts\n", at: "\(folder)/late.m3u8")
            try await plain.store("#EXTM3U\n#EXTINF:4,\n../../../secret.ts\n", at: "\(folder)/early.m3u8")
            let playback = try VideoPlayback(
                catalog: plain.catalog, client: telemetry.client(config), authorization: plain.viewers,
                playlists: try PlaybackWorld.delivery(.redirect))

            _ = try await playback.playback(for: video.id, viewer: plain.ann)
            let eve = TestViewer(name: "eve-d4a1")
            #expect(try await code { try await playback.playback(for: video.id, viewer: eve) } == .playbackForbidden)
            let start = try await playback.playback(for: video.id, rendition: "hls", viewer: plain.ann)
            let token = try #require(start.url.split(separator: "/").dropLast().last.map(String.init))
            let text = try await playback.playlist(token: token).text
            let segment = try #require(text.firstMatch(of: /segment\/([^\/]+)\//)).output.1
            let redirect = try await playback.segmentRedirect(token: String(segment))
            #expect(try await code { try await playback.keyRedirect(token: "wrong-e5b2") } == .invalidToken)
            for path in ["late.m3u8", "early.m3u8"] {
                await #expect(throws: PlaylistError.self) {
                    _ = try await playback.playlist(for: video.id, viewer: plain.ann, path: path).text
                }
            }
            let recorded = telemetry.text
            let signature = try #require(redirect.url.split(separator: "X-Amz-Signature=").last)
            for secret in [
                RecordedTelemetry.secret, String(signature.prefix(64)), "X-Amz", "http://", token,
                String(segment), "wrong-e5b2", "secret.ts", "eve-d4a1",
            ] { #expect(!recorded.contains(secret), "\(secret)") }
            let spans = telemetry.tracer.finishedSpans.filter { $0.operationName.hasPrefix("VideoPlayback.") }
            #expect(spans.count == 8)
        }
        let prefix = "video_playback"
        #expect(try telemetry.calls(prefix, "playback", "success") == 2)
        #expect(try telemetry.calls(prefix, "playback", "playbackForbidden") == 1)
        #expect(try telemetry.calls(prefix, "playlist", "success") == 2)
        #expect(try telemetry.calls(prefix, "playlist", "outsideVideo") == 1)
        #expect(try telemetry.calls(prefix, "segmentRedirect", "success") == 1)
        #expect(try telemetry.calls(prefix, "keyRedirect", "invalidToken") == 1)
        #expect(try telemetry.durations(prefix, "playback") == 3)
        for (outcome, count) in [("success", 1), ("outsideVideo", 2)] {
            let counter = try telemetry.metrics.expectCounter(
                "video_playback_playlists_total", [("outcome", outcome)])
            #expect(counter.totalValue == count)
        }
        let warnings = telemetry.handler.entries.filter { $0.level == .warning }
        #expect(warnings.map { "\($0.message)" } == Array(repeating: "A playlist can't be sent", count: 2))
        #expect(warnings.last?.metadata["line"] == "3")
    }
}
#endif
