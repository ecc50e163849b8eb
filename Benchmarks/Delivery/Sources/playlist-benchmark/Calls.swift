import R2Kit
import R2Storage
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The calls `begin` and `playback` on the catalog in memory, compared with signing the same requests alone.
struct Calls {
    static let count = 2_000

    private struct Everyone: PlaybackAuthorization {
        func mayPlay(_ video: Video, viewer: String) -> Bool { true }
        func identifier(of viewer: String) -> String { viewer }
        func viewer(withIdentifier identifier: String) -> String? { identifier }
    }

    private let presigner: R2Presigner
    private let catalog = InMemoryVideoRepository()
    private let uploads: VideoUploads
    private let playback: VideoPlayback<String>
    private let video: Video
    private let keys: [ObjectKey]
    private var round = 0
    private var begin = Measurement()
    private var signingUploads = Measurement()
    private var play = Measurement()
    private var signingPlayback = Measurement()

    init(_ config: R2Config) async throws {
        presigner = R2Presigner(config)
        let client = R2Client(config)
        let uploads = try VideoUploads(catalog: catalog, client: client, policy: UploadPolicy(limits: .none))
        playback = try VideoPlayback(catalog: catalog, client: client, authorization: Everyone())
        let id = Video.ID.make()
        let attempt = UUID()
        var new = NewVideo(
            title: "Lecture", objectKey: try uploads.keys.file(of: id, attempt: attempt).rawValue, uploadedBy: "ada",
            id: id, contentType: "video/mp4", byteSize: 1_000_000, state: .ready)
        new.duration = 60
        new.etag = "9bb58f26192e4ba00f01e2e7b136bbd8"
        video = try await catalog.insert(new)
        keys = try (0..<Self.count).map { _ in try uploads.keys.upload(of: .make(), attempt: UUID()) }
        self.uploads = uploads
    }

    mutating func runRound() async throws {
        // Copies, because the measurements are changed while the closures run.
        let (uploads, playback, video, presigner, keys) = (uploads, playback, video, presigner, keys)
        let constraints = UploadConstraints(
            contentType: "video/mp4", contentLength: 1_000_000, precondition: .ifAbsent)
        try signingUploads.add {
            try keys.reduce(0) {
                $0
                    + (try presigner.presignUpload(to: $1, constraints: constraints, expiresIn: .seconds(3600))).url
                    .utf8.count
            }
        }
        round += 1
        let tokens = (0..<Self.count).map { "\(round) \($0)" }
        let file = UploadFile(name: "lecture.mp4", contentType: "video/mp4", byteSize: 1_000_000)
        try await begin.add {
            var length = 0
            for token in tokens {
                length +=
                    try await uploads.begin(file, title: "Lecture", token: token, by: "ada").request?.url.utf8
                    .count ?? 0
            }
            return length
        }
        let key = try ObjectKey(video.objectKey)
        try signingPlayback.add {
            try (0..<Self.count).reduce(0) { sum, _ in
                sum + (try presigner.presignPlayback(of: key, expiresIn: .seconds(14_520))).url.utf8.count
            }
        }
        try await play.add {
            var length = 0
            for _ in 0..<Self.count {
                length += try await playback.playback(for: video.id, viewer: "ada").url.utf8.count
            }
            return length
        }
    }

    /// Prints the medians, and returns what is slower than a limit, in microseconds.
    func report(limit: Double) -> [String] {
        [("begin", begin, signingUploads), ("playback", play, signingPlayback)].compactMap { name, whole, signing in
            let (all, alone) = (whole.microseconds(Self.count), signing.microseconds(Self.count))
            print("\(name) \(all.rounded) µs, signing alone \(alone.rounded) µs, added \((all - alone).rounded) µs")
            return all - alone > limit ? "\(name) adds more than \(limit) µs." : nil
        }
    }
}
