#if Emulator && Delivery && SQLite
import Foundation
import TestSupport

/// HLS streams that ffmpeg makes, in the place of an app's own transcoder.
enum SampleStream: String, CaseIterable {
    case transportStream = "ts"
    case fragmentedMP4 = "fmp4"
    case encrypted = "aes-128"

    /// Makes a stream of a video.
    ///
    /// - Parameters:
    ///   - file: The path of the video.
    ///   - scratch: The directory in which the stream gets one of its own.
    /// - Returns: The directory, whose playlist is `index.m3u8`.
    /// - Throws: An error if ffmpeg fails.
    func make(of file: String, in scratch: Scratch) async throws -> URL {
        let directory = scratch.directory.appendingPathComponent(rawValue)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var arguments = [
            "-v", "error", "-i", file, "-c", "copy", "-f", "hls", "-hls_time", "1", "-hls_playlist_type", "vod",
        ]
        switch self {
        case .transportStream: break
        case .fragmentedMP4: arguments += ["-hls_segment_type", "fmp4"]
        case .encrypted:
            let key = directory.appendingPathComponent("stream.key")
            try Data("0123456789abcdef".utf8).write(to: key)
            let info = scratch.path("key-info")
            try Data("stream.key\n\(key.path)\n".utf8).write(to: URL(fileURLWithPath: info))
            arguments += ["-hls_key_info_file", info]
        }
        let outcome = try await RunningProgram.run("ffmpeg", arguments + ["index.m3u8"], directory: directory)
        guard outcome.status == 0 else { throw TestSupportError("ffmpeg failed: \(outcome.errors)") }
        return directory
    }
}
#endif
