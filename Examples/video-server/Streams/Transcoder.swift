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

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            // Files that ffmpeg can't read, and those that are done.
            var handled: Set<String> = []
            do {
                while true {
                    if let video = try await next(except: handled) {
                        handled.insert(video.objectKey)
                        await transcode(video)
                    } else {
                        try await Task.sleep(for: Self.interval)
                    }
                }
            } catch is CancellationError {}
        }
    }

    /// Returns a video whose file has no stream.
    private func next(except handled: Set<String>) async throws -> Video? {
        do {
            var query = VideoQuery()
            query.states = [.ready]
            let page = try await catalog.videos(matching: query, page: PageRequest(limit: 100))
            return page.videos.first { video in
                !handled.contains(video.objectKey)
                    && !video.renditions.contains { $0.kind == Self.kind && $0.key.hasPrefix(Self.folder(of: video)) }
            }
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

    private func transcode(_ video: Video) async {
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
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("No stream was made.", metadata: ["video": "\(video.id)", "error": "\(error)"])
        }
    }
}
#endif
