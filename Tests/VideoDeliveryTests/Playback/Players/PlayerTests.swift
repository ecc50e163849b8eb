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
    enum Server: String, CaseIterable, Sendable {
        case emulator, seaweedFS

        private static let startedSeaweedFS = Task { () async throws -> R2Config in
            let config = try R2Config(environment: try await ServerScript("start-seaweedfs").start().settings)
            try await R2Client(config).send(CreateBucket())
            return config
        }

        /// Runs a test with a bucket of this server.
        func use(_ body: @Sendable @escaping (R2Config) async throws -> Void) async throws {
            switch self {
            case .emulator: try await withR2Emulator { try await body($0) }
            case .seaweedFS: try await body(try await Self.startedSeaweedFS.value)
            }
        }
    }

    @Test(arguments: Server.allCases, StreamFixture.Packaging.allCases)
    func `players play signed and redirected playlists`(
        _ server: Server, _ packaging: StreamFixture.Packaging
    ) async throws {
        try await server.use { config in
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

/// An operation that creates the bucket, which apps don't need.
private struct CreateBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard (200..<300).contains(response.status) else {
            throw R2Error(.invalidResponse, "The bucket wasn't created.", status: response.status)
        }
    }
}
#endif
