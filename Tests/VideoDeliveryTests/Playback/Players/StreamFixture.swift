#if Delivery
import Foundation
import R2Kit
import R2Storage
import TestSupport

/// HLS streams of a few seconds, which ffmpeg makes once for all tests.
struct StreamFixture: Sendable {
    /// A way to package a video.
    enum Packaging: String, CaseIterable, Sendable {
        case transportStream = "ts", fragmentedMP4 = "fmp4", byteRanges = "ranges", encrypted = "aes", variants = "abr"

        /// The name of the first playlist.
        var playlist: String { self == .variants ? "master.m3u8" : "index.m3u8" }
    }

    /// The number of pictures in a stream.
    static let frameCount = 100

    let scratch: Scratch

    private static let shared = Task { try await StreamFixture() }

    /// Returns the files of a stream, with their names relative to the stream's folder.
    static func files(_ packaging: Packaging) async throws -> [(name: String, path: String)] {
        let folder = try await shared.value.scratch.directory.appendingPathComponent(packaging.rawValue)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
        return names.map { ($0, folder.appendingPathComponent($0).path) }.filter { file in
            var isDirectory: ObjCBool = false
            return FileManager.default.fileExists(atPath: file.1, isDirectory: &isDirectory) && !isDirectory.boolValue
        }
    }

    private init() async throws {
        scratch = try Scratch()
        let source = [
            "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=4", "-f", "lavfi", "-i",
            "sine=frequency=440:duration=4",
        ]
        let codecs = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "25", "-c:a", "aac"]
        try await ffmpeg(source + codecs + ["video.mp4"])
        let hls = ["-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod"]
        let copy = ["-i", scratch.path("video.mp4"), "-c", "copy"] + hls
        for packaging in Packaging.allCases {
            try FileManager.default.createDirectory(
                atPath: scratch.path(packaging.rawValue), withIntermediateDirectories: true)
            switch packaging {
            case .transportStream: try await ffmpeg(copy + ["ts/index.m3u8"])
            case .fragmentedMP4: try await ffmpeg(copy + ["-hls_segment_type", "fmp4", "fmp4/index.m3u8"])
            case .byteRanges: try await ffmpeg(copy + ["-hls_flags", "single_file", "ranges/index.m3u8"])
            case .encrypted:
                try Data((0..<16).map { UInt8($0) }).write(to: URL(fileURLWithPath: scratch.path("aes/enc.key")))
                try "enc.key\n\(scratch.path("aes/enc.key"))\n000102030405060708090a0b0c0d0e0f\n"
                    .write(toFile: scratch.path("key-info"), atomically: true, encoding: .utf8)
                try await ffmpeg(copy + ["-hls_key_info_file", scratch.path("key-info"), "aes/index.m3u8"])
            case .variants:
                try await ffmpeg(
                    ["-i", scratch.path("video.mp4"), "-filter_complex", "[0:v]split=2[a][b];[b]scale=160:90[c]"]
                        + ["-map", "[a]", "-map", "[c]", "-map", "0:a"] + codecs + hls
                        + [
                            "-var_stream_map",
                            "v:0,agroup:au v:1,agroup:au a:0,agroup:au,language:en,default:yes",
                            "-master_pl_name", "master.m3u8", "abr/%v/index.m3u8",
                        ])
            }
        }
    }

    private func ffmpeg(_ arguments: [String]) async throws {
        let outcome = try await RunningProgram.run(
            "ffmpeg", ["-hide_banner", "-loglevel", "error", "-nostdin", "-y"] + arguments, directory: scratch.directory
        )
        guard outcome.status == 0 else {
            throw TestSupportError("ffmpeg failed with status \(outcome.status): \(outcome.errors)")
        }
    }
}
#endif
