#if Delivery
import Testing
import VideoDelivery

/// MP4 and QuickTime files, built box by box.
struct MovieTests {
    private typealias Bytes = MovieBytes

    private let expected = MediaInfo(
        container: .mp4, duration: 2, width: 640, height: 360, frameRate: 25, videoCodec: "avc1", audioCodec: "mp4a",
        hasVideo: true, hasAudio: true, isFastStart: true)

    @Test func `a file that starts with its movie header takes one read`() {
        let run = ProbeRun(Bytes.fileType + Bytes.movie + Bytes.media)
        #expect(run.info == expected)
        #expect(run.reads.count == 1)
    }

    @Test func `a file that ends with its movie header takes two reads`() {
        let run = ProbeRun(Bytes.fileType + Bytes.box("mdat", Bytes.zeros(100_000)) + Bytes.movie)
        var slow = expected
        slow.isFastStart = false
        #expect(run.info == slow)
        #expect(run.reads.count == 2)
        #expect(run.byteCount < 20_000)
    }

    @Test func `boxes may have sizes of 64 bits, and the last one no size`() {
        let movie = Bytes.longBox("moov", Array(Bytes.movie.dropFirst(8)))
        let files = [
            Bytes.longBox("ftyp", Array(Bytes.fileType.dropFirst(8))) + movie + Bytes.longBox("mdat", Bytes.zeros(9)),
            Bytes.fileType + Bytes.movie + Bytes.box("mdat", size: 0, Bytes.zeros(100)),
            Bytes.fileType + Bytes.movie + Bytes.box("mdat", size: 0),
        ]
        for file in files { #expect(ProbeRun(file).info == expected) }
        let last = Bytes.fileType + Bytes.media + Bytes.box("moov", size: 0, Array(Bytes.movie.dropFirst(8)))
        #expect(ProbeRun(last).info?.isFastStart == false)
    }

    @Test func `a file of many gigabytes takes two reads`() {
        let start = Bytes.fileType + Bytes.longBox("mdat", size: 1 << 40)
        let end = Int64(Bytes.fileType.count) + 1 << 40
        let run = ProbeRun(byteSize: end + Int64(Bytes.movie.count)) { range in
            let (bytes, first) = range.lowerBound < end ? (start, Int64(0)) : (Bytes.movie, end)
            return range.map { Int($0 - first) < bytes.count ? bytes[Int($0 - first)] : 0 }
        }
        #expect(run.info?.width == 640 && run.info?.isFastStart == false)
        #expect(run.reads.count == 2)
    }

    @Test func `boxes may come in any order, and unknown ones are skipped`() {
        let table = Bytes.box("stbl", Bytes.times((50, 512)), Bytes.description(Bytes.videoEntry("avc1", 640, 360)))
        let media = Bytes.box(
            "mdia", Bytes.box("minf", Bytes.handler("url "), table), Bytes.handler("vide"), Bytes.mediaHeader())
        let video = Bytes.box("trak", Bytes.box("abcd", Bytes.zeros(3)), media, Bytes.trackHeader(isLong: true))
        let movie = Bytes.box(
            "moov", Bytes.box("udta", Bytes.zeros(4)), Bytes.audioTrack(), video, Bytes.box("free"),
            Bytes.movieHeader(duration: 2_000, isLong: true))
        let file = Bytes.fileType + Bytes.box("free", Bytes.zeros(70)) + movie + Bytes.box("uuid") + Bytes.media
        #expect(ProbeRun(file).info == expected)
    }

    @Test(arguments: ["moov", "mdat", "wide", "free", "skip"])
    func `a QuickTime file without a file type is recognized`(first: String) {
        let starts = ["moov": [], "mdat": Bytes.media]
        let file = (starts[first] ?? Bytes.box(first)) + Bytes.movie + Bytes.media
        let info = ProbeRun(file).info
        #expect(info?.container == .mov)
        #expect(info?.isFastStart == (first != "mdat"))
    }

    @Test func `the brand tells QuickTime from MP4`() {
        let file = Bytes.box("ftyp", Array("qt  ".utf8), Bytes.zeros(4)) + Bytes.movie + Bytes.media
        #expect(ProbeRun(file).info?.container == .mov)
    }

    @Test func `a long movie header isn't read whole`() {
        let sizes = Bytes.box("stsz", Bytes.zeros(1_500_000))
        let movie = Bytes.box(
            "moov", Bytes.movieHeader(duration: 2_000), Bytes.videoTrack(tables: sizes),
            Bytes.audioTrack(tables: sizes))
        let first = ProbeRun(Bytes.fileType + movie + Bytes.media)
        #expect(first.info == expected)
        #expect(first.reads.count == 3)
        let last = ProbeRun(Bytes.fileType + Bytes.box("mdat", Bytes.zeros(100_000)) + movie)
        #expect(last.info?.audioCodec == "mp4a")
        #expect(last.reads.count == 3)
        #expect(max(first.byteCount, last.byteCount) < 90_000)
    }

    @Test(
        arguments: [
            (Bytes.matrix(1, 0, 0, 1), 0), (Bytes.matrix(0, 1, -1, 0), 90), (Bytes.matrix(-1, 0, 0, -1), 180),
            (Bytes.matrix(0, -1, 1, 0), 270),
        ])
    func `the matrix tells the rotation`(matrix: [UInt8], rotation: Int) {
        for isLong in [false, true] {
            let track = Bytes.videoTrack(header: Bytes.trackHeader(matrix: matrix, isLong: isLong))
            let movie = Bytes.box("moov", Bytes.movieHeader(duration: 2_000), track)
            let info = ProbeRun(Bytes.fileType + movie + Bytes.media).info
            #expect(info?.rotation == rotation)
            #expect(info?.width == 640 && info?.height == 360)
        }
        let turned = Bytes.movieHeader(duration: 2_000, matrix: matrix)
        let quarter = Bytes.trackHeader(matrix: Bytes.matrix(0, 1, -1, 0))
        let movie = Bytes.box("moov", turned, Bytes.videoTrack(header: quarter))
        #expect(ProbeRun(Bytes.fileType + movie + Bytes.media).info?.rotation == (rotation + 90) % 360)
    }

    @Test func `codecs have one name each`() {
        let encrypted = Bytes.box("sinf", Bytes.box("frma", Array("hev1".utf8)), Bytes.box("schm", Bytes.zeros(12)))
        let entries: [([UInt8], String)] = [
            (Bytes.videoEntry("avc3", 1, 1), "avc1"), (Bytes.videoEntry("hev1", 1, 1), "hvc1"),
            (Bytes.videoEntry("vp09", 1, 1), "vp09"), (Bytes.videoEntry("av01", 1, 1), "av01"),
            (Bytes.videoEntry("apcn", 1, 1), "prores"), (Bytes.videoEntry("abcd", 1, 1), "abcd"),
            (Bytes.videoEntry("mp4v", 1, 1, Bytes.objectType(0x20)), "mp4v"),
            (Bytes.videoEntry("mp4v", 1, 1, Bytes.objectType(0x61)), "mp2v"),
            (Bytes.videoEntry("encv", 1, 1, encrypted), "hvc1"),
        ]
        for (entry, name) in entries {
            let movie = Bytes.box("moov", Bytes.movieHeader(duration: 1), Bytes.videoTrack(entry: entry))
            #expect(ProbeRun(Bytes.fileType + movie + Bytes.media).info?.videoCodec == name)
        }
        let sounds: [([UInt8], String)] = [
            (Bytes.audioEntry("mp4a", Bytes.objectType(0x6B)), "mp3"), (Bytes.audioEntry("mp4a"), "mp4a"),
            (Bytes.audioEntry("mp4a", Bytes.objectType(0xDD)), "vorbis"), (Bytes.audioEntry("Opus"), "opus"),
            (Bytes.audioEntry("fLaC"), "flac"), (Bytes.audioEntry("ac-3"), "ac-3"), (Bytes.audioEntry("sowt"), "pcm"),
        ]
        for (entry, name) in sounds {
            let movie = Bytes.box("moov", Bytes.movieHeader(duration: 1), Bytes.audioTrack(entry))
            let info = ProbeRun(Bytes.fileType + movie + Bytes.media).info
            #expect(info?.audioCodec == name)
            #expect(info?.hasVideo == false && info?.hasAudio == true && info?.width == nil)
        }
    }

    @Test func `a movie header with a duration of zero leaves it to the tracks`() {
        let movie = Bytes.box("moov", Bytes.movieHeader(duration: 0), Bytes.videoTrack())
        #expect(ProbeRun(Bytes.fileType + movie + Bytes.media).info?.duration == 2)
    }
}
#endif
