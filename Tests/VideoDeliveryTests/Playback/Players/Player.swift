#if Delivery
import Foundation
import TestSupport
import Testing

/// A player that isn't ours.
enum Player: String, CaseIterable, Sendable {
    case ffprobe, mpv
    case gstreamer = "gst-play-1.0"

    /// Plays a stream to its end, and returns the output and what is wrong with it, if anything.
    func play(_ url: String) async throws -> (output: String, problem: String?) {
        let outcome = try await RunningProgram.run(rawValue, arguments(url), environment: Self.environment)
        let output = outcome.output + outcome.errors
        guard outcome.status == 0 else { return (output, "status \(outcome.status)") }
        switch self {
        case .ffprobe:
            let frames = outcome.output.split(whereSeparator: \.isNewline).first.flatMap { Int($0) }
            return (output, frames == StreamFixture.frameCount ? nil : "\(outcome.output) pictures")
        case .mpv: return (output, output.contains("(End of file)") ? nil : "no end of file")
        case .gstreamer: return (output, output.contains("Reached end of play list") ? nil : "no end of the list")
        }
    }

    private func arguments(_ url: String) -> [String] {
        switch self {
        case .ffprobe:
            [
                "-v", "error", "-count_packets", "-select_streams", "v:0", "-show_entries", "stream=nb_read_packets",
                "-of", "csv=p=0", url,
            ]
        case .mpv:
            [
                "--no-config", "--ytdl=no", "--vo=null", "--ao=null", "--ao-null-untimed=yes", "--untimed",
                "--network-timeout=60", url,
            ]
        case .gstreamer: ["--no-interactive", "--videosink=fakesink", "--audiosink=fakesink", url]
        }
    }

    /// The environment without proxies, which the players would use for this machine.
    private static var environment: [String: String] {
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.lowercased().hasSuffix("_proxy") }
        variables["no_proxy"] = "*"
        return variables
    }

    /// The programs that aren't installed.
    static var missing: [String] {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return (allCases.map(\.rawValue) + ["ffmpeg"]).filter { name in
            !folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// A condition for tests with players.
    ///
    /// With CI=true, a missing player is a failure.
    static var withPlayers: Self {
        .enabled("set R2KIT_INTEGRATION=1, and install ffmpeg, mpv and GStreamer with its tools, to play streams") {
            let environment = ProcessInfo.processInfo.environment
            guard environment["R2KIT_INTEGRATION"] == "1" else { return false }
            guard !Player.missing.isEmpty else { return true }
            let message = "These programs aren't installed: \(Player.missing.joined(separator: ", "))."
            if environment["CI"] == "true" { throw TestSupportError(message) }
            print(message)
            return false
        }
    }
}
#endif
