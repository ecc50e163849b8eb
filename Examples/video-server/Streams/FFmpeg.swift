#if Emulator && Delivery && SQLite
import Foundation

/// The program `ffmpeg`, if it is installed.
struct FFmpeg: Sendable {
    private let path: String

    /// The name of a stream's playlist.
    static let playlist = "index.m3u8"

    /// Creates the program from the directories in `PATH`, or returns `nil` if none has it.
    init?(searchPath: String) {
        let paths = searchPath.split(separator: ":").map { "\($0)/ffmpeg" }
        guard let path = paths.first(where: FileManager.default.isExecutableFile(atPath:)) else { return nil }
        self.path = path
    }

    /// A failure of the program.
    struct Failure: Error, CustomStringConvertible {
        let status: Int32
        var description: String { "ffmpeg ended with status \(status)." }
    }

    /// The time in which a stream must be made, after which the program is ended.
    ///
    /// It's longer than a long talk needs on a slow machine, and keeps one hostile file from blocking the others.
    static let timeLimit = Duration.seconds(2 * 3600)

    /// Makes a stream of at most 720 lines.
    ///
    /// - Parameters:
    ///   - url: The URL of the file.
    ///   - directory: The directory of the playlist and its segments.
    /// - Throws: A ``Failure`` if the program fails or takes longer than ``timeLimit``. A `CancellationError` if the
    ///   task is canceled. An error if the program can't be started.
    func makeStream(of url: String, in directory: URL) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.currentDirectoryURL = directory
        process.arguments = [
            "-nostdin", "-v", "quiet", "-i", url, "-map", "0:v:0", "-map", "0:a:0?",
            // The encoder requires even numbers of lines and columns.
            "-vf", "scale='2*trunc(iw*min(1,720/ih)/2)':'2*trunc(min(720,ih)/2)'", "-c:v", "libx264", "-preset",
            "veryfast", "-pix_fmt", "yuv420p", "-force_key_frames", "expr:gte(t,n_forced*4)", "-c:a", "aac", "-ac", "2",
            "-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4",
            "-hls_segment_filename", "segment%04d.m4s", Self.playlist,
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let (ends, end) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { ended in
            end.yield(ended.terminationStatus)
            end.finish()
        }
        try process.run()
        let identifier = process.processIdentifier
        let deadline = Task {
            try await Task.sleep(for: Self.timeLimit)
            // The task is canceled as soon as the process has ended. Unlike SIGTERM, this can't be ignored.
            _ = kill(identifier, SIGKILL)
        }
        defer { deadline.cancel() }
        // Waiting ends without a status if the task is canceled.
        guard let status = await ends.first(where: { _ in true }) else {
            process.terminate()
            throw CancellationError()
        }
        guard status == 0 else { throw Failure(status: status) }
    }

    /// Returns the media type of a file of a stream.
    static func contentType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "m3u8": "application/vnd.apple.mpegurl"
        case "m4s": "video/iso.segment"
        default: "video/mp4"
        }
    }
}
#endif
