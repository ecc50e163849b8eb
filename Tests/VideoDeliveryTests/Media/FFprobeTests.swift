#if Delivery
import Foundation
import TestSupport
import Testing
import VideoDelivery

/// Compares the probe with ffprobe, on files that ffmpeg makes.
@Suite(.againstFFprobe)
struct FFprobeTests {
    @Test func `every reported property equals ffprobe's`() async throws {
        let scratch = try Scratch()
        #expect(SampleFiles.samples.count >= 40)
        try await SampleFiles.write(SampleFiles.samples, in: scratch.directory)
        for sample in SampleFiles.samples {
            let file = try Self.read(sample.name, in: scratch)
            let run = ProbeRun([UInt8](file))
            let report = try #require(try await FFmpeg.probe(scratch.path(sample.name)), "\(sample.name)")
            guard let info = run.info else {
                Issue.record("\(sample.name): \(run.outcome)")
                continue
            }
            let differences = Comparison(name: sample.name, info: info, report: report, file: file).differences
            #expect(differences.isEmpty, "\(sample.name): \(differences.joined(separator: ", "))")
            #expect(run.reads.count <= 3, "\(sample.name): \(run.reads)")
        }
    }

    @Test func `a file cut at 20 places is truncated`() async throws {
        let names = ["h264-aac.mp4", "h264-aac-first.mp4", "h264-pcm.mov", "h264-aac.mkv", "vp9-opus.webm"]
        let scratch = try Scratch()
        try await SampleFiles.write(SampleFiles.samples.filter { names.contains($0.name) }, in: scratch.directory)
        for name in names {
            let file = try Self.read(name, in: scratch)
            for place in 1...20 {
                let cut = file.prefix(file.count * place / 21)
                #expect(ProbeRun([UInt8](cut)).failure?.code == .truncated, "\(name), cut after \(cut.count) bytes")
                // ffprobe is content with a file whose header is there, even if it's cut itself.
                guard name == "h264-aac.mp4", !cut.contains("moov") else { continue }
                try cut.write(to: URL(fileURLWithPath: scratch.path("cut.mp4")))
                #expect(try await FFmpeg.probe(scratch.path("cut.mp4")) == nil, "cut after \(cut.count) bytes")
            }
        }
    }

    @Test func `a transport stream cut at 20 places is a shorter one`() async throws {
        let scratch = try Scratch()
        let sample = try #require(SampleFiles.samples.first { $0.name == "h264-aac.ts" })
        try await SampleFiles.write([sample], in: scratch.directory)
        let file = try Self.read(sample.name, in: scratch)
        for place in 1...20 {
            let info = try #require(ProbeRun([UInt8](file.prefix(file.count * place / 20))).info)
            #expect(info.videoCodec == "avc1" && info.audioCodec == "mp4a" && info.width == 128)
            // The bytes aren't spread evenly over the second.
            #expect(abs((info.duration ?? 0) - Double(place) / 20) < 0.3, "cut after \(place) / 20")
        }
    }

    @Test func `a text named mp4 isn't a video for either`() async throws {
        let scratch = try Scratch()
        let text = String(repeating: "This is a text. ", count: 500)
        try Data(text.utf8).write(to: URL(fileURLWithPath: scratch.path("text.mp4")))
        #expect(ProbeRun(Array(text.utf8)).failure?.code == .notAVideo)
        #expect(try await FFmpeg.probe(scratch.path("text.mp4")) == nil)
    }

    private static func read(_ name: String, in scratch: Scratch) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: scratch.path(name)))
    }
}

extension Data {
    fileprivate func contains(_ type: String) -> Bool { range(of: Data(type.utf8)) != nil }
}

/// The probe's result beside ffprobe's report.
private struct Comparison {
    let name: String
    let info: MediaInfo
    let report: FFmpeg.Report
    let file: Data

    private var video: FFmpeg.Report.Stream? { report.first("video") }
    private var audio: FFmpeg.Report.Stream? { report.first("audio") }
    private var isStream: Bool { info.container == .mpegTS }

    var differences: [String] {
        var differences: [String] = []
        func compare<Value: Equatable>(_ property: String, _ value: Value, _ expected: Value) {
            if value != expected { differences.append("\(property) is \(value), not \(expected)") }
        }
        compare("container", info.container, container)
        compare("hasVideo", info.hasVideo, video != nil)
        compare("hasAudio", info.hasAudio, audio != nil)
        compare("videoCodec", info.videoCodec, video?.codec_name.map(Self.codec))
        compare("audioCodec", info.audioCodec, audio?.codec_name.map(Self.codec))
        compare("rotation", info.rotation, rotation)
        // ffprobe decodes pictures. The probe doesn't read the headers of MPEG-4 Part 2 in transport streams.
        if info.width != nil || name != "mpeg4.ts" {
            compare("width", info.width, video?.width)
            compare("height", info.height, video?.height)
        }
        compare("isFastStart", info.isFastStart, isMovie ? isFastStart : nil)
        compare("isFragmented", info.isFragmented, isMovie && file.contains("moof"))
        if let duration = info.duration {
            let expected = report.format.duration.flatMap(Double.init) ?? 0
            let isClose = abs(duration - expected) <= (isStream ? 0.1 : 0.001)
            if !isClose { differences.append("duration is \(duration), not \(expected)") }
        } else if hasDuration {
            differences.append("duration is missing")
        }
        if let rate = info.frameRate {
            let isClose = frameRate.map { abs(rate - $0) < 0.001 } ?? false
            if !isClose { differences.append("frameRate is \(rate), not \(video?.avg_frame_rate ?? "known")") }
        } else if info.hasVideo, !info.isFragmented, !isStream {
            differences.append("frameRate is missing")
        }
        return differences
    }

    private var isMovie: Bool { [.mp4, .mov].contains(info.container) }

    /// ffprobe doesn't tell the relatives apart, except by the brand.
    private var container: MediaInfo.Container {
        switch report.format.format_name {
        case "mpegts": .mpegTS
        case "matroska,webm": name.hasSuffix(".webm") ? .webm : .matroska
        default: report.format.tags?["major_brand"] == "qt  " ? .mov : .mp4
        }
    }

    /// A Boolean value that indicates whether the headers tell the duration.
    private var hasDuration: Bool {
        name != "live.webm" && (!info.isFragmented || name == "fragmented-index.mp4")
    }

    /// The angle that ffprobe reports counterclockwise.
    private var rotation: Int {
        let angle = video?.side_data_list?.compactMap(\.rotation).first ?? 0
        return (360 - Int(angle)) % 360
    }

    private var frameRate: Double? {
        let numbers = video?.avg_frame_rate?.split(separator: "/").compactMap { Double($0) } ?? []
        return numbers.count == 2 && numbers[1] > 0 ? numbers[0] / numbers[1] : nil
    }

    private var isFastStart: Bool {
        guard let movie = file.range(of: Data("moov".utf8)), let media = file.range(of: Data("mdat".utf8)) else {
            return false
        }
        return movie.lowerBound < media.lowerBound
    }

    private static func codec(_ name: String) -> String {
        let names = [
            "h264": "avc1", "hevc": "hvc1", "vp8": "vp08", "vp9": "vp09", "av1": "av01", "mpeg4": "mp4v",
            "mpeg2video": "mp2v", "mjpeg": "mjpg", "aac": "mp4a", "ac3": "ac-3", "pcm_s16le": "pcm",
        ]
        return names[name] ?? name
    }
}
#endif
