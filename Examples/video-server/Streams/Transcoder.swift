#if Emulator && Delivery && SQLite
import Foundation
import Logging
import R2Kit
import R2Storage
import ServiceLifecycle
import VideoCatalog

/// A service that makes an HLS stream of every video that is ready, one after the other.
///
/// It takes the place of your app's own transcoder. The catalog is its queue, so a restart loses nothing.
struct Transcoder: Service {
    let catalog: any VideoRepository
    let client: R2Client
    let ffmpeg: FFmpeg
    let logger: Logger

    private static let interval = Duration.seconds(3)
    private static let kind = "hls"
    /// The number of times that a stream is tried, and the wait after a failure, which doubles each time.
    ///
    /// A file that ffmpeg can't read fails each time. A failure of R2 ends.
    private static let maximumAttempts = 3
    private static let retryDelay = Duration.seconds(30)

    /// The attempts to make the stream of a file.
    private struct Attempts {
        var count = 0
        var isDone = false
        var next = ContinuousClock.now

        /// A Boolean value that indicates whether to try now.
        var isDue: Bool { !isDone && count < Transcoder.maximumAttempts && next <= ContinuousClock.now }
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var files: [String: Attempts] = [:]
            do {
                while true {
                    if let video = try await next(files) {
                        var attempts = files[video.objectKey] ?? Attempts()
                        attempts.isDone = await transcode(video)
                        attempts.next = ContinuousClock.now + Self.retryDelay * (1 << attempts.count)
                        attempts.count += 1
                        files[video.objectKey] = attempts
                        try Task.checkCancellation()
                    } else {
                        try await Task.sleep(for: Self.interval)
                    }
                }
            } catch is CancellationError {}
        }
    }

    /// Returns a video whose file has no stream, and whose turn it is.
    private func next(_ files: [String: Attempts]) async throws -> Video? {
        do {
            var query = VideoQuery()
            query.states = [.ready]
            var request: PageRequest? = PageRequest(limit: 1000)
            while let current = request {
                let page = try await catalog.videos(matching: query, page: current)
                let found = page.videos.first { video in
                    files[video.objectKey]?.isDue ?? true
                        && !video.renditions.contains {
                            $0.kind == Self.kind && $0.key.hasPrefix(Self.folder(of: video))
                        }
                }
                if let found { return found }
                request = page.next.map { PageRequest(limit: 1000, after: $0) }
            }
            return nil
        } catch {
            try Task.checkCancellation()
            logger.error("The catalog can't be read.", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Returns the start of the keys of a file's stream.
    ///
    /// It's beside the file, so that it belongs to the same video, and that another file has another stream.
    private static func folder(of video: Video) -> String {
        video.objectKey.split(separator: "/").dropLast().joined(separator: "/") + "/hls/"
    }

    /// Makes the stream of a video, and returns a Boolean value that indicates whether it succeeded.
    private func transcode(_ video: Video) async -> Bool {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("stream-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let source = try R2Presigner(client.config).presignPlayback(of: ObjectKey(video.objectKey))
            try await ffmpeg.makeStream(of: source.url, in: directory)
            let folder = Self.folder(of: video)
            for name in try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() {
                try await client.put(
                    fileAt: directory.appendingPathComponent(name).path, to: ObjectKey(folder + name),
                    properties: ObjectProperties(contentType: FFmpeg.contentType(of: name)))
            }
            _ = try await catalog.update(video.id) { row in
                // The file may have been replaced meanwhile.
                guard row.objectKey == video.objectKey else { return }
                row.renditions.removeAll { $0.kind == Self.kind }
                row.renditions.append(Video.Rendition(kind: Self.kind, key: folder + FFmpeg.playlist))
            }
            logger.info("stream made", metadata: ["video": "\(video.id)"])
            return true
        } catch {
            guard !Task.isCancelled else { return false }
            logger.error("No stream was made.", metadata: ["video": "\(video.id)", "error": "\(error)"])
            return false
        }
    }
}
#endif
