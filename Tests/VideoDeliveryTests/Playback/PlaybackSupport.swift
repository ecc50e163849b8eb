#if Delivery
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import R2Kit
import R2Storage
import Synchronization
import TestSupport
import VideoCatalog
import VideoDelivery

struct TestViewer: Sendable, Equatable {
    let name: String
}

/// An authorization that admits the viewers in a list, and records its calls.
final class ViewerList: PlaybackAuthorization {
    private let admitted: Mutex<Set<String>>
    private let asked = Mutex<[String]>([])

    init(_ names: Set<String>) { admitted = Mutex(names) }

    var questions: [String] { asked.withLock { $0 } }

    func remove(_ name: String) { admitted.withLock { _ = $0.remove(name) } }

    func mayPlay(_ video: Video, viewer: TestViewer) -> Bool {
        asked.withLock { $0.append("\(viewer.name) \(video.state.kind)") }
        return admitted.withLock { $0.contains(viewer.name) }
    }

    func identifier(of viewer: TestViewer) -> String { viewer.name }

    func viewer(withIdentifier identifier: String) -> TestViewer? {
        identifier == "deleted" ? nil : TestViewer(name: identifier)
    }
}

/// A catalog and a bucket, with the viewer Ann who may play everything.
struct PlaybackWorld: Sendable {
    let catalog: InMemoryVideoRepository
    let client: R2Client
    let viewers = ViewerList(["ann", "deleted"])
    let ann = TestViewer(name: "ann")

    init(_ config: R2Config) {
        catalog = InMemoryVideoRepository()
        client = R2Client(config, configuration: R2ClientConfiguration(stallTimeout: .onBusyMachine))
    }

    /// Creates a world whose bucket is never used.
    init() throws { self.init(try Self.config()) }

    static func config(expiresAt: Date? = nil) throws -> R2Config {
        try R2Config(
            accountID: try AccountID("0123456789abcdef0123456789abcdef"),
            credentials: try R2Credentials(
                accessKeyID: "AKID", secretAccessKey: "secret", sessionToken: expiresAt.map { _ in "token" },
                expiresAt: expiresAt),
            bucket: try BucketName("media"))
    }

    static let secret = [UInt8](repeating: 7, count: 32)

    static func delivery(
        _ mode: PlaylistDelivery.Mode = .presigned, base: String = "https://app.test/play",
        keys: PlaylistRewriter.Options.Keys = .sign
    ) throws -> PlaylistDelivery {
        PlaylistDelivery(
            mode: mode, routes: PlaybackRoutes(base: base), tokens: try PlaylistTokenSigner(secret: secret),
            rewriting: .init(keys: keys))
    }

    func playback(
        _ playlists: PlaylistDelivery? = nil, options: PlaybackOptions = PlaybackOptions(),
        deliveryOptions: VideoDeliveryOptions = VideoDeliveryOptions(), clock: @escaping CatalogClock = { Date() }
    ) throws -> VideoPlayback<TestViewer> {
        try VideoPlayback(
            catalog: catalog, client: client, authorization: viewers, playlists: playlists, options: options,
            deliveryOptions: deliveryOptions, clock: clock)
    }

    /// Adds a video, whose file has a key in the video's folder.
    func addVideo(
        state: Video.State = .ready, duration: Double? = 60, contentType: String? = "video/mp4",
        fileName: String = "file", keyPrefix: String = "",
        renditions: [String: String] = [:]
    ) async throws -> Video {
        let id = Video.ID.make()
        var new = NewVideo(
            title: "Lecture", objectKey: "\(keyPrefix)videos/\(id)/1/\(fileName)", uploadedBy: "ann", id: id,
            contentType: contentType, state: state)
        new.duration = duration
        new.etag = "abc"
        new.renditions = renditions.sorted(by: { $0.key < $1.key }).map {
            .init(kind: $0.key, key: $0.value.replacing("VIDEO", with: "videos/\(id)"))
        }
        return try await catalog.insert(new)
    }

    /// Stores an object.
    func store(_ text: String, at key: String) async throws {
        try await client.put(Array(text.utf8), to: try ObjectKey(key))
    }
}

extension PlaybackPlaylist {
    /// The whole text.
    var text: String {
        get async throws {
            var bytes: [UInt8] = []
            for try await chunk in body { bytes += chunk.readableBytesView }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}

/// Returns the status and body of a GET without headers that matter.
func fetch(_ url: String) async throws -> (status: Int, body: String) {
    var request = HTTPClientRequest(url: url)
    // A connection of its own: the server may close an idle one just when the next request is sent.
    request.headers.add(name: "connection", value: "close")
    let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
    let body = try await response.body.collect(upTo: 1 << 26)
    return (Int(response.status.code), String(buffer: body))
}

/// Returns the code of the error that a call throws, or `nil` if it returns.
func code<Value>(_ body: () async throws -> Value) async throws -> VideoDeliveryError.Code? {
    do {
        _ = try await body()
        return nil
    } catch let error as VideoDeliveryError {
        return error.code
    }
}
#endif
