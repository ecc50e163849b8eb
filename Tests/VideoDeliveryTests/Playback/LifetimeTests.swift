#if Delivery
import Foundation
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

@Suite("Playback: lifetimes and authorization")
struct LifetimeTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_060)

    @Test(
        arguments: [
            (60.0, 2 * 60 + 14_400.0), (0.2, 14_401), (nil, 2 * 14_400 + 14_400), (86_400, 2 * 86_400 + 14_400),
            (10_000_000, 604_800),
        ] as [(Double?, Double)])
    func `a URL lives for twice the duration and four hours, at most seven days`(
        _ duration: Double?, _ lifetime: Double
    ) async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(duration: duration)
        let playback = try await world.playback(clock: { now }).playback(for: video.id, viewer: world.ann)
        #expect(playback.expiresAt == now + lifetime)
        #expect(playback.url.contains("X-Amz-Expires=\(Int(lifetime))&"))
        #expect(playback.contentType == "video/mp4")
        #expect(!"\(playback)".contains("X-Amz"))
    }

    @Test func `the factor and the allowance are options`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(duration: 100)
        func lifetime(_ options: PlaybackOptions) async throws -> Double {
            let playback = try world.playback(options: options, clock: { now })
            return try await playback.playback(for: video.id, viewer: world.ann).expiresAt.timeIntervalSince(now)
        }
        #expect(try await lifetime(.init(durationFactor: 1.5, pauseAllowance: .seconds(10))) == 160)
        #expect(try await lifetime(.init(durationFactor: 0, pauseAllowance: .zero)) == 1)
        #expect(try await lifetime(.init(durationFactor: .infinity, pauseAllowance: .zero)) == 604_800)
        #expect(try await lifetime(.init(durationFactor: .nan)) == 604_800)
        #expect(try await lifetime(.init(durationFactor: -5)) == 13_900)
    }

    @Test func `within a signing window the URL stays the same, and the maximum includes the window`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(duration: 10_000_000)
        func playback(_ seconds: Double) async throws -> Playback {
            try await world.playback(options: .init(signingWindow: .hour), clock: { now + seconds })
                .playback(for: video.id, viewer: world.ann)
        }
        let first = try await playback(0)
        #expect(try await playback(3000) == first)
        #expect(try await playback(3600) != first)
        #expect(first.expiresAt.timeIntervalSince(now) <= 604_800)
        #expect(first.expiresAt.timeIntervalSince(now) >= 604_800 - 3600)
        #expect(try await playback(3600).cacheKey == first.cacheKey)
    }

    @Test func `credentials that end sooner are refused`() async throws {
        let world = PlaybackWorld(try PlaybackWorld.config(expiresAt: now + 3600))
        let video = try await world.addVideo(duration: 600, renditions: ["hls": "VIDEO/1/m.m3u8"])
        let short = PlaybackOptions(durationFactor: 1, pauseAllowance: .seconds(60))
        #expect(
            try await code { try await world.playback(clock: { now }).playback(for: video.id, viewer: world.ann) }
                == .credentialsExpireTooSoon)
        let delivery = try PlaybackWorld.delivery()
        let stream = try world.playback(delivery, clock: { now })
        #expect(
            try await code { try await stream.playback(for: video.id, rendition: "hls", viewer: world.ann) }
                == .credentialsExpireTooSoon)
        #expect(
            try await code { try await stream.playlist(for: video.id, viewer: world.ann) } == .credentialsExpireTooSoon)
        let playback = try await world.playback(options: short, clock: { now }).playback(
            for: video.id, viewer: world.ann)
        #expect(playback.expiresAt == now + 660)
    }

    @Test(arguments: [Video.State.pendingUpload, .uploading, .verifying, .failed(reason: "notAVideo"), .expired])
    func `only a ready video is played`(_ state: Video.State) async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(state: state, renditions: ["hls": "VIDEO/1/m.m3u8"])
        let playback = try world.playback(try PlaybackWorld.delivery())
        #expect(try await code { try await playback.playback(for: video.id, viewer: world.ann) } == .videoNotReady)
        #expect(
            try await code { try await playback.playback(for: video.id, rendition: "hls", viewer: world.ann) }
                == .videoNotReady)
        #expect(try await code { try await playback.playlist(for: video.id, viewer: world.ann) } == .videoNotReady)
    }

    @Test func `an unknown or deleted video isn't found, before the authorization is asked`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo()
        try await world.catalog.delete(video.id, expecting: nil)
        let playback = try world.playback()
        for id in [video.id, Video.ID.make()] {
            #expect(try await code { try await playback.playback(for: id, viewer: world.ann) } == .notFound)
        }
        #expect(world.viewers.questions.isEmpty)
    }

    @Test func `a viewer who isn't admitted gets nothing, and doesn't learn the state`() async throws {
        let world = try PlaybackWorld()
        let bob = TestViewer(name: "bob")
        let playback = try world.playback(try PlaybackWorld.delivery())
        for state in [Video.State.ready, .verifying] {
            let video = try await world.addVideo(state: state, renditions: ["hls": "VIDEO/1/m.m3u8"])
            #expect(try await code { try await playback.playback(for: video.id, viewer: bob) } == .playbackForbidden)
            #expect(
                try await code { try await playback.playback(for: video.id, rendition: "hls", viewer: bob) }
                    == .playbackForbidden)
            #expect(
                try await code { try await playback.playlist(for: video.id, viewer: bob) } == .playbackForbidden)
        }
        #expect(world.viewers.questions.count == 6)
    }

    @Test func `manifests of MPEG-DASH are refused with advice`() async throws {
        let world = try PlaybackWorld()
        let file = try await world.addVideo(fileName: "stream.mpd")
        let typed = try await world.addVideo(contentType: "application/dash+xml; charset=utf-8")
        let rendition = try await world.addVideo(renditions: ["dash": "VIDEO/1/s.mpd", "hls": "VIDEO/1/m.m3u8"])
        let playback = try world.playback(try PlaybackWorld.delivery())
        for call in [
            { try await playback.playback(for: file.id, viewer: world.ann).url },
            { try await playback.playback(for: typed.id, viewer: world.ann).url },
            { try await playback.playback(for: rendition.id, rendition: "dash", viewer: world.ann).url },
            { try await playback.playlist(for: rendition.id, viewer: world.ann, rendition: "dash").cacheControl },
            { try await playback.playlist(for: rendition.id, viewer: world.ann, path: "S.MPD").cacheControl },
        ] as [@Sendable () async throws -> String] {
            let error = await #expect(throws: VideoDeliveryError.self) { try await call() }
            #expect(error?.code == .unsupportedFormat)
            #expect(error?.message.contains("HLS") == true)
        }
    }

    @Test func `a playlist as a video's file is refused, and other renditions are signed`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(renditions: ["mp4-720": "VIDEO/1/720.mp4"])
        let playlist = try await world.addVideo(contentType: "application/x-mpegURL")
        let playback = try world.playback()
        let url = try await playback.playback(for: video.id, rendition: "mp4-720", viewer: world.ann)
        #expect(url.url.contains("/videos/\(video.id)/1/720.mp4?X-Amz-"))
        #expect(url.contentType == "video/mp4")
        #expect(
            try await code { try await playback.playback(for: playlist.id, viewer: world.ann) } == .unsupportedFormat)
        #expect(
            try await code { try await playback.playback(for: video.id, rendition: "hls", viewer: world.ann) }
                == .renditionNotFound)
    }

    @Test func `a custom domain gets edge tokens`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo()
        let signer = try EdgeTokenSigner(secret: "edge", encoding: .urlSafe)
        for coverage in [EdgeDelivery.Coverage.file, .video] {
            let edge = EdgeDelivery(
                origin: "https://media.example.com", signer: signer, timeToLive: .seconds(7200), coverage: coverage)
            let playback = try await world.playback(options: .init(edge: edge), clock: { now + 0.5 })
                .playback(for: video.id, viewer: world.ann)
            let path = "/videos/\(video.id)/1/file"
            let message = coverage == .file ? path : "/videos/\(video.id)/"
            let token = playback.url.replacing("https://media.example.com\(path)?verify=", with: "")
            #expect(signer.isValid(token, for: message, timeToLive: .seconds(7200), at: now + 7199))
            #expect(playback.expiresAt == now + 7200)
        }
    }

    private func edge(_ timeToLive: Int64) throws -> EdgeDelivery {
        EdgeDelivery(
            origin: "https://media.example.com", signer: try EdgeTokenSigner(secret: "edge", encoding: .urlSafe),
            timeToLive: .seconds(timeToLive))
    }

    @Test func `a stream ends with the edge tokens of its segments, or with its own tokens`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/m.m3u8"])
        func end(
            _ timeToLive: Int64, _ mode: PlaylistDelivery.Mode = .presigned, window: SigningWindow? = nil
        ) async throws -> Date {
            let options = PlaybackOptions(signingWindow: window, edge: try edge(timeToLive))
            return try await world.playback(try PlaybackWorld.delivery(mode), options: options, clock: { now })
                .playback(for: video.id, rendition: "hls", viewer: world.ann).expiresAt
        }
        // Twice a minute, and four hours.
        let lifetime = 14_520.0
        #expect(try await end(7200) == now + 7200)
        #expect(try await end(20_000) == now + lifetime)
        #expect(try await end(7200, .redirect) == now + 7 * 86_400)
        let start = Date(timeIntervalSince1970: (now.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
        #expect(try await end(7200, window: .hour) == start + 7200)
        #expect(try await end(20_000, window: .hour) == start + lifetime + 3600)
    }

    @Test func `a playlist's token is valid for the whole lifetime, although its URLs end earlier`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/m.m3u8"])
        let delivery = try PlaybackWorld.delivery(.presigned)
        let playback = try await world.playback(
            delivery, options: PlaybackOptions(edge: try edge(7200)), clock: { now }
        )
        .playback(for: video.id, rendition: "hls", viewer: world.ann)
        #expect(playback.expiresAt == now + 7200)
        let token = try #require(playback.url.split(separator: "/").dropLast().last.map(String.init))
        // Each time it is loaded, the playlist has fresh URLs. The lifetime is four hours and two minutes.
        let verified = try delivery.tokens.verify(token, for: .playlist, at: now + 14_519)
        #expect(verified.expiresAt == now + 14_520)
    }

    @Test(arguments: [1, 3599, 3600])
    func `edge tokens that may have expired when they are issued are refused`(_ timeToLive: Int64) async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/m.m3u8"])
        func playback(_ timeToLive: Int64, _ mode: PlaylistDelivery.Mode) throws -> VideoPlayback<TestViewer> {
            let options = PlaybackOptions(signingWindow: .hour, edge: try edge(timeToLive))
            return try world.playback(try PlaybackWorld.delivery(mode), options: options, clock: { now + 3539 })
        }
        let wrong = try playback(timeToLive, .presigned)
        #expect(
            try await code { try await wrong.playback(for: video.id, viewer: world.ann) } == .invalidConfiguration)
        #expect(
            try await code { try await wrong.playback(for: video.id, rendition: "hls", viewer: world.ann) }
                == .invalidConfiguration)
        // Redirects have no window.
        _ = try await playback(timeToLive, .redirect).playback(for: video.id, rendition: "hls", viewer: world.ann)
        let right = try await playback(3601, .presigned).playback(for: video.id, viewer: world.ann)
        #expect(right.expiresAt > now + 3539)
    }

    @Test func `the cache key is another one after a replacement`() async throws {
        let world = try PlaybackWorld()
        let video = try await world.addVideo(renditions: ["hls": "VIDEO/1/m.m3u8"])
        let playback = try world.playback(try PlaybackWorld.delivery(), clock: { now })
        func keys() async throws -> [String] {
            [
                try await playback.playback(for: video.id, viewer: world.ann).cacheKey,
                try await playback.playback(for: video.id, rendition: "hls", viewer: world.ann).cacheKey,
            ]
        }
        let first = try await keys()
        #expect(try await keys() == first)
        let begun = try await world.catalog.beginReplacement(
            of: video, upload: Video.Upload(objectKey: "videos/\(video.id)/2/file", byteSize: 1))
        try await world.catalog.finishReplacement(of: begun) { row in
            row.renditions = [.init(kind: "hls", key: "videos/\(video.id)/2/m.m3u8")]
        }
        let second = try await keys()
        #expect(first[0] != second[0] && first[1] != second[1])
        #expect(second.allSatisfy { $0.hasPrefix("\(video.id)/") })
    }

    @Test func `the key prefix is checked, and part of the folder that an edge token covers`() async throws {
        let world = try PlaybackWorld()
        #expect(throws: R2ValidationError.self) { try world.playback(deliveryOptions: .init(keyPrefix: "app")) }
        let video = try await world.addVideo(keyPrefix: "app/")
        let signer = try EdgeTokenSigner(secret: "edge", encoding: .urlSafe)
        let edge = EdgeDelivery(
            origin: "https://media.example.com", signer: signer, timeToLive: .seconds(7200), coverage: .video)
        let playback = try await world.playback(
            options: .init(edge: edge), deliveryOptions: .init(keyPrefix: "app/")
        ).playback(for: video.id, viewer: world.ann)
        let token = playback.url.replacing("https://media.example.com/app/videos/\(video.id)/1/file?verify=", with: "")
        #expect(signer.isValid(token, for: "/app/videos/\(video.id)/", timeToLive: .seconds(7200), at: Date()))
    }
}
#endif
