#if Delivery && Emulator
import Foundation
import HTTPTypes
import NIOCore
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import Testing
import VideoCatalog
import VideoDelivery

@Suite("Playback: players that aren't ours", .withPlayers, .serialized)
struct PlayerTests {
    /// Runs a test with a bucket of a server.
    private func use(_ server: ObjectServer, _ body: @Sendable @escaping (R2Config) async throws -> Void) async throws {
        switch server {
        case .emulator: try await withR2Emulator { try await body($0) }
        case .seaweedFS: try await body(try await SeaweedFS.bucket())
        }
    }

    @Test(arguments: ObjectServer.allCases, StreamFixture.Packaging.allCases)
    func `players play signed and redirected playlists`(
        _ server: ObjectServer, _ packaging: StreamFixture.Packaging
    ) async throws {
        try await use(server) { config in
            let world = PlaybackWorld(config)
            let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/\(packaging.playlist)"])
            for file in try await StreamFixture.files(packaging) {
                try await world.client.put(
                    fileAt: file.path, to: try ObjectKey("videos/\(video.id)/1/\(file.name)"),
                    properties: ObjectProperties(contentType: "application/octet-stream"))
            }
            let app = try await AppServer.start()
            for mode in [PlaylistDelivery.Mode.presigned, .redirect] {
                let delivery = try PlaybackWorld.delivery(
                    mode, base: app.base, keys: mode == .redirect ? .route : .sign)
                let playback = try world.playback(delivery)
                app.serve(playback)
                let url = try await playback.playback(for: video.id, rendition: "hls", viewer: world.ann).url
                for player in Player.allCases {
                    let result = try await player.play(url)
                    #expect(
                        result.problem == nil,
                        "\(player) \(mode): \(result.problem ?? "")\n\(result.output)\n\(app.log.suffix(20))")
                }
                #expect(app.log.allSatisfy { !$0.contains(" 403 ") }, "\(mode): \(app.log)")
            }
            #expect(app.log.contains { $0.hasPrefix("segment ") && $0.contains(" 302 ") })
            try await app.stop()
        }
    }
}
#endif
