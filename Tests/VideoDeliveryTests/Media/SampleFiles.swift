#if Delivery
import Foundation
import TestSupport

/// Files that ffmpeg makes for the comparison with ffprobe.
enum SampleFiles {
    struct Sample: Sendable {
        let name: String
        /// The encoded streams that the sample combines.
        let streams: [String]
        let options: String

        init(_ name: String, _ streams: [String], _ options: String = "") {
            (self.name, self.streams, self.options) = (name, streams, options)
        }
    }

    /// Writes samples and the streams that they need into a directory.
    static func write(_ samples: [Sample], in directory: URL) async throws {
        try await encode(Set(samples.flatMap(\.streams)), in: directory)
        for sample in samples {
            let inputs = sample.streams.flatMap { ["-i", $0] }
            let maps = sample.streams.indices.flatMap { ["-map", "\($0)"] }
            let options = sample.options.split(separator: " ").map(String.init)
            try await FFmpeg.run(inputs + maps + ["-c", "copy"] + options + [sample.name], in: directory)
        }
    }

    private static let videos: [(name: String, input: Int, codec: String)] = [
        ("h264.mp4", 0, "libx264 -preset ultrafast -bf 2 -g 10"), ("odd.mp4", 1, "libx264 -preset ultrafast"),
        ("hevc.mp4", 0, "libx265 -preset ultrafast -x265-params log-level=none"),
        ("vp8.webm", 0, "libvpx -deadline realtime -cpu-used 8"),
        ("vp9.webm", 1, "libvpx-vp9 -deadline realtime -cpu-used 8"), ("av1.mp4", 0, "libaom-av1 -cpu-used 8"),
        ("mpeg4.mp4", 0, "mpeg4"), ("mpeg2.ts", 0, "mpeg2video"), ("mjpeg.mov", 0, "mjpeg"),
    ]

    private static let sounds: [(name: String, codec: String)] = [
        ("aac.mp4", "aac"), ("opus.webm", "libopus"), ("mp3.mp4", "libmp3lame"), ("vorbis.webm", "libvorbis"),
        ("pcm.mov", "pcm_s16le"), ("flac.mkv", "flac"), ("ac3.mp4", "ac3"), ("mp2.ts", "mp2"),
    ]

    /// Encodes a second of each stream.
    private static func encode(_ names: Set<String>, in directory: URL) async throws {
        let pictures = "testsrc2=size=128x96:rate=25:duration=1"
        let odd = "testsrc2=size=150x90:rate=30000/1001:duration=1"
        let sound = "sine=frequency=440:sample_rate=48000:duration=1"
        let inputs = [pictures, odd, sound].flatMap { ["-f", "lavfi", "-i", $0] }
        var outputs: [String] = []
        for (name, input, codec) in videos where names.contains(name) {
            outputs += ["-map", "\(input)", "-pix_fmt", name == "mjpeg.mov" ? "yuvj420p" : "yuv420p", "-c:v"]
            outputs += codec.split(separator: " ").map(String.init) + [name]
        }
        for (name, codec) in sounds where names.contains(name) { outputs += ["-map", "2", "-c:a", codec, name] }
        try await FFmpeg.run(inputs + outputs, in: directory)
    }

    static let samples: [Sample] =
        mp4 + rotated + fragmented + mov + matroska + webm + transportStreams + soundOnly

    private static let mp4 = [
        Sample("h264-aac.mp4", ["h264.mp4", "aac.mp4"]), Sample("odd-mp3.mp4", ["odd.mp4", "mp3.mp4"]),
        Sample("h264-aac-first.mp4", ["h264.mp4", "aac.mp4"], "-movflags +faststart"),
        Sample("aac-h264.mp4", ["aac.mp4", "h264.mp4"]), Sample("h264-ac3.mp4", ["h264.mp4", "ac3.mp4"]),
        Sample("hevc-first.mp4", ["hevc.mp4", "aac.mp4"], "-movflags +faststart"),
        Sample("hvc1.mp4", ["hevc.mp4"], "-tag:v hvc1"), Sample("vp9-opus.mp4", ["vp9.webm", "opus.webm"]),
        Sample("av1-opus.mp4", ["av1.mp4", "opus.webm"], "-movflags +faststart"),
        Sample("mpeg4-vorbis.mp4", ["mpeg4.mp4", "vorbis.webm"]), Sample("mpeg2.mp4", ["mpeg2.ts"]),
        Sample("flac.mp4", ["h264.mp4", "flac.mkv"], "-strict -2"), Sample("video.m4v", ["h264.mp4", "aac.mp4"]),
        Sample("phone.3gp", ["h264.mp4", "aac.mp4"]),
    ]

    private static let rotated = ["90", "180", "270"].flatMap { angle in
        ["mp4", "mov"].map { Sample("rotated-\(angle).\($0)", ["odd.mp4"], "-metadata:s:v:0 rotate=\(angle)") }
    }

    private static let fragmented = [
        ("keyframe", "frag_keyframe+empty_moov"), ("own", "frag_keyframe"), ("dash", "dash+frag_keyframe+empty_moov"),
        ("index", "dash+global_sidx+frag_keyframe+empty_moov"), ("cmaf", "cmaf+frag_keyframe+empty_moov"),
        ("delay", "frag_every_frame+delay_moov"),
    ].map { Sample("fragmented-\($0.0).mp4", ["h264.mp4", "aac.mp4"], "-movflags +\($0.1)") }

    private static let mov = [
        Sample("h264-pcm.mov", ["h264.mp4", "pcm.mov"]), Sample("hevc-aac.mov", ["hevc.mp4", "aac.mp4"]),
        Sample("h264-aac-first.mov", ["h264.mp4", "aac.mp4"], "-movflags +faststart"),
        Sample("mjpeg-mp3.mov", ["mjpeg.mov", "mp3.mp4"]),
        Sample("timecode.mov", ["h264.mp4", "aac.mp4"], "-timecode 00:00:00:00"),
    ]

    private static let matroska = [
        Sample("h264-aac.mkv", ["h264.mp4", "aac.mp4"]), Sample("hevc-flac.mkv", ["hevc.mp4", "flac.mkv"]),
        Sample("vp8-vorbis.mkv", ["vp8.webm", "vorbis.webm"]), Sample("mpeg4-mp3.mkv", ["mpeg4.mp4", "mp3.mp4"]),
        Sample("mpeg2-ac3.mkv", ["mpeg2.ts", "ac3.mp4"]), Sample("odd-pcm.mkv", ["odd.mp4", "pcm.mov"]),
    ]

    private static let webm = [
        Sample("vp8-vorbis.webm", ["vp8.webm", "vorbis.webm"]), Sample("vp9-opus.webm", ["vp9.webm", "opus.webm"]),
        Sample("av1.webm", ["av1.mp4"]), Sample("live.webm", ["vp9.webm", "opus.webm"], "-live 1"),
    ]

    private static let transportStreams = [
        Sample("h264-aac.ts", ["h264.mp4", "aac.mp4"]), Sample("odd-mp3.ts", ["odd.mp4", "mp3.mp4"]),
        Sample("hevc-aac.ts", ["hevc.mp4", "aac.mp4"]), Sample("mpeg2-mp2.ts", ["mpeg2.ts", "mp2.ts"]),
        Sample("h264-ac3.ts", ["h264.mp4", "ac3.mp4"]), Sample("h264-opus.ts", ["h264.mp4", "opus.webm"]),
        Sample("mpeg4.ts", ["mpeg4.mp4"]),
        Sample("h264-ac3.m2ts", ["h264.mp4", "ac3.mp4"], "-f mpegts -mpegts_m2ts_mode 1"),
    ]

    private static let soundOnly = [
        Sample("only-aac.m4a", ["aac.mp4"]), Sample("only-aac.mp4", ["aac.mp4"], "-movflags +faststart"),
        Sample("only-pcm.mov", ["pcm.mov"]), Sample("only-opus.webm", ["opus.webm"]),
        Sample("only-flac.mka", ["flac.mkv"]), Sample("only-aac.ts", ["aac.mp4"]),
    ]
}
#endif
