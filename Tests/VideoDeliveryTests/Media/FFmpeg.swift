#if Delivery
import Foundation
import TestSupport
import Testing

/// The programs ffmpeg and ffprobe.
enum FFmpeg {
    /// The facts about a file that ffprobe reports.
    struct Report: Decodable {
        struct Format: Decodable {
            let format_name: String
            let duration: String?
            let tags: [String: String]?
        }

        struct Stream: Decodable {
            struct SideData: Decodable { let rotation: Double? }

            let codec_type: String
            let codec_name: String?
            let width: Int?
            let height: Int?
            let avg_frame_rate: String?
            let side_data_list: [SideData]?
        }

        let format: Format
        let streams: [Stream]

        func first(_ type: String) -> Stream? { streams.first { $0.codec_type == type } }
    }

    /// Runs ffmpeg, which writes files into a directory.
    static func run(_ arguments: [String], in directory: URL) async throws {
        let outcome = try await RunningProgram.run(
            "ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments, directory: directory)
        guard outcome.status == 0 else {
            throw TestSupportError("ffmpeg \(arguments.joined(separator: " ")) failed: \(outcome.errors)")
        }
    }

    /// Returns ffprobe's report on a file, or `nil` if it can't read the file.
    static func probe(_ path: String) async throws -> Report? {
        let outcome = try await RunningProgram.run(
            "ffprobe", ["-v", "error", "-show_format", "-show_streams", "-of", "json", path])
        guard outcome.status == 0 else { return nil }
        return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    }
}

extension Trait where Self == ConditionTrait {
    /// A condition for suites that need ffmpeg.
    ///
    /// With CI=true, missing programs are a failure.
    static var againstFFprobe: Self {
        .enabled("set R2KIT_INTEGRATION=1, and have ffmpeg and ffprobe, to compare with ffprobe") {
            let environment = ProcessInfo.processInfo.environment
            guard environment["R2KIT_INTEGRATION"] == "1" else { return false }
            for program in ["ffmpeg", "ffprobe"] {
                guard try await RunningProgram.run(program, ["-version"]).status != 0 else { continue }
                if environment["CI"] == "true" { throw TestSupportError("\(program) isn't installed.") }
                print("\(program) isn't installed.")
                return false
            }
            return true
        }
    }
}
#endif
