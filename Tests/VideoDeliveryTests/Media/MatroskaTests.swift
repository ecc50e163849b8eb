#if Delivery
import Testing
import VideoDelivery

/// Matroska and WebM files, built element by element.
struct MatroskaTests {
    private typealias Bytes = MatroskaBytes

    private let expected = MediaInfo(
        container: .webm, duration: 2.5, width: 320, height: 180, frameRate: 30, videoCodec: "vp09",
        audioCodec: "opus", hasVideo: true, hasAudio: true)

    @Test func `information and tracks before the first cluster take one read`() {
        let run = ProbeRun(Bytes.file([Bytes.info, Bytes.tracks, Bytes.cluster(90_000)]))
        #expect(run.info == expected)
        #expect(run.reads.count == 1)
    }

    @Test func `the document type tells Matroska from WebM`() {
        let run = ProbeRun(Bytes.file(type: "matroska", [Bytes.tracks, Bytes.info, Bytes.cluster(10)]))
        var other = expected
        other.container = .matroska
        #expect(run.info == other)
        #expect(ProbeRun(Bytes.file(type: "other", [Bytes.tracks])).failure?.code == .notAVideo)
    }

    @Test func `sizes may be unknown`() {
        let open = Bytes.element(0x1654_AE6B, nil, Bytes.track(1, "V_VP9", Bytes.video))
        let start = Bytes.header("webm") + Bytes.element(0x1853_8067, nil, [])
        let file = start + Bytes.element(0xEC, Bytes.zeros(40)) + open + Bytes.info + Bytes.cluster(50, isOpen: true)
        let info = ProbeRun(file).info
        #expect(info?.duration == 2.5 && info?.width == 320 && info?.hasAudio == false)
    }

    @Test func `a live recording has no duration`() {
        let info = Bytes.element(0x1549_A966, Bytes.element(0x2AD7B1, [0x0F, 0x42, 0x40]))
        let file = Bytes.header("webm") + Bytes.element(0x1853_8067, nil, info + Bytes.tracks)
        let run = ProbeRun(file + Bytes.cluster(60_000, isOpen: true))
        #expect(run.info?.duration == nil && run.info?.videoCodec == "vp09")
        #expect(run.reads.count == 1)
    }

    @Test func `tracks after the clusters are found by the seek head`() {
        let clusters = Array(repeating: Bytes.cluster(40_000), count: 20).flatMap { $0 }
        let headLength = Bytes.seekHead(0x1654_AE6B, 0).count
        let head = Bytes.seekHead(0x1654_AE6B, headLength + Bytes.info.count + clusters.count)
        let run = ProbeRun(Bytes.file([head, Bytes.info, clusters, Bytes.tracks]))
        #expect(run.info == expected)
        #expect(run.reads.count == 2)
    }

    @Test func `tracks after a few clusters are found without a seek head`() {
        let clusters = Bytes.cluster(40_000) + Bytes.cluster(40_000)
        #expect(ProbeRun(Bytes.file([Bytes.info, clusters, Bytes.tracks])).info == expected)
        let many = Array(repeating: Bytes.cluster(70_000), count: 20).flatMap { $0 }
        let run = ProbeRun(Bytes.file([Bytes.info, many, Bytes.tracks]))
        #expect(run.failure?.code == .notAVideo)
        #expect(run.reads.count == MediaProbe.maximumReads)
    }

    @Test func `a file cut anywhere is truncated`() {
        let file = Bytes.file([Bytes.info, Bytes.tracks, Bytes.cluster(400)])
        for length in 5..<file.count {
            #expect(ProbeRun(Array(file.prefix(length))).failure?.code == .truncated, "cut after \(length) bytes")
        }
        let open = Bytes.header("webm") + Bytes.element(0x1853_8067, nil, Bytes.info + Bytes.tracks)
        for length in 5..<open.count {
            #expect(ProbeRun(Array(open.prefix(length))).info?.hasAudio != true, "cut after \(length) bytes")
        }
    }

    @Test func `codecs have the names of MP4`() {
        let codecs = [
            "V_MPEG4/ISO/AVC": "avc1", "V_MPEGH/ISO/HEVC": "hvc1", "V_AV1": "av01", "V_VP8": "vp08",
            "V_MPEG4/ISO/ASP": "mp4v", "V_UNCOMPRESSED": "V_UNCOMPRESSED",
        ]
        for (id, name) in codecs {
            let tracks = Bytes.element(0x1654_AE6B, Bytes.track(1, id, Bytes.video))
            #expect(ProbeRun(Bytes.file([Bytes.info, tracks])).info?.videoCodec == name)
        }
        let sounds = [
            "A_AAC": "mp4a", "A_AAC/MPEG4/LC": "mp4a", "A_MPEG/L3": "mp3", "A_VORBIS": "vorbis",
            "A_PCM/INT/LIT": "pcm", "A_AC3": "ac-3", "A_DTS/EXPRESS": "dts",
        ]
        for (id, name) in sounds {
            let run = ProbeRun(Bytes.file([Bytes.info, Bytes.element(0x1654_AE6B, Bytes.track(2, id))]))
            #expect(run.info?.audioCodec == name)
            #expect(run.info?.hasVideo == false)
        }
    }

    @Test func `private data names codecs of other systems`() {
        let bitmap = Bytes.element(0x63A2, Bytes.zeros(16) + Array("H264".utf8) + Bytes.zeros(20))
        let wave = Bytes.element(0x63A2, [0x55, 0] + Bytes.zeros(16))
        let tracks = Bytes.track(1, "V_MS/VFW/FOURCC", bitmap) + Bytes.track(2, "A_MS/ACM", wave)
        let info = ProbeRun(Bytes.file([Bytes.info, Bytes.element(0x1654_AE6B, tracks)])).info
        #expect(info?.videoCodec == "avc1" && info?.audioCodec == "mp3")
    }

    @Test func `impossible values are left out`() {
        let double = Bytes.number(Double.nan.bitPattern, 8)
        let info = Bytes.element(0x1549_A966, Bytes.element(0x4489, double))
        let video = Bytes.element(0xE0, Bytes.element(0xB0, Bytes.number(.max, 8)) + Bytes.element(0xBA, []))
        let track = Bytes.track(1, "V_VP8", video + Bytes.element(0x23E383, [0]))
        let result = ProbeRun(Bytes.file([info, Bytes.element(0x1654_AE6B, track)])).info
        #expect(result == MediaInfo(container: .webm, videoCodec: "vp08", hasVideo: true, hasAudio: false))
    }
}

/// The bytes of Matroska files, element by element.
enum MatroskaBytes {
    static func number(_ value: UInt64, _ count: Int) -> [UInt8] { MovieBytes.number(value, count) }
    static func zeros(_ count: Int) -> [UInt8] { MovieBytes.zeros(count) }

    /// An element whose size has 8 bytes, or is unknown if it's `nil`.
    static func element(_ id: UInt32, _ size: Int?, _ content: [UInt8]) -> [UInt8] {
        let idBytes = Array(number(UInt64(id), 4).drop { $0 == 0 })
        return idBytes + (size.map { number(1 << 56 | UInt64($0), 8) } ?? [0xFF]) + content
    }

    static func element(_ id: UInt32, _ content: [UInt8]) -> [UInt8] { element(id, content.count, content) }

    static func header(_ type: String) -> [UInt8] {
        element(0x1A45_DFA3, element(0x4286, [1]) + element(0x4282, Array(type.utf8)))
    }

    static func file(type: String = "webm", _ elements: [[UInt8]]) -> [UInt8] {
        header(type) + element(0x1853_8067, elements.flatMap { $0 })
    }

    /// 2,500 ticks of a millisecond.
    static let info = element(
        0x1549_A966,
        element(0x2AD7B1, [0x0F, 0x42, 0x40]) + element(0x4489, number(UInt64(Float(2_500).bitPattern), 4)))

    static let video =
        element(0x23E383, number(33_333_333, 4)) + element(0xE0, element(0xB0, [1, 64]) + element(0xBA, [180]))

    static func track(_ kind: UInt8, _ codec: String, _ content: [UInt8] = []) -> [UInt8] {
        element(0xAE, element(0xD7, [kind]) + element(0x83, [kind]) + element(0x86, Array(codec.utf8)) + content)
    }

    static let tracks = element(0x1654_AE6B, track(1, "V_VP9", video) + track(2, "A_OPUS"))

    static func cluster(_ count: Int, isOpen: Bool = false) -> [UInt8] {
        element(0x1F43_B675, isOpen ? nil : count, zeros(count))
    }

    static func seekHead(_ id: UInt32, _ position: Int) -> [UInt8] {
        let seek = element(0x53AB, number(UInt64(id), 4)) + element(0x53AC, number(UInt64(position), 8))
        return element(0x114D_9B74, element(0x4DBB, seek))
    }
}
#endif
