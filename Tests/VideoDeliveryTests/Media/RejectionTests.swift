#if Delivery
import Testing
import VideoDelivery

/// Files that aren't whole videos.
struct RejectionTests {
    private typealias Bytes = MovieBytes

    @Test func `an empty file isn't a video, and takes no read`() {
        for size: Int64 in [0, -1, .min] {
            let run = ProbeRun([], claimedSize: size)
            #expect(run.failure?.code == .notAVideo)
            #expect(run.reads.isEmpty)
        }
    }

    @Test func `other files aren't videos`() {
        let texts = [
            "This is a text that someone named video.mp4, and it is longer than a header.", "G", "GGGGGGGG",
            "RIFF____AVI LIST", "OggS",
        ]
        let others = [[0], Bytes.zeros(100_000), [0x1A, 0x45, 0xDF, 0xA3, 0x84, 0x42, 0x82, 0x81, 0x61]]
        for file in texts.map({ Array($0.utf8) }) + others {
            let run = ProbeRun(file)
            #expect(run.failure?.code == .notAVideo, "\(file.prefix(16))")
            #expect(run.failure?.reason.hasSuffix(".") == true)
            #expect(run.reads.count == 1)
        }
    }

    @Test func `a still image isn't a video`() {
        let file = Bytes.box("ftyp", Array("heic".utf8), Bytes.zeros(4)) + Bytes.box("meta", Bytes.zeros(90))
        #expect(ProbeRun(file + Bytes.media).failure?.code == .notAVideo)
    }

    @Test func `a movie header without tracks isn't a video`() {
        let file = Bytes.fileType + Bytes.box("moov", Bytes.movieHeader(duration: 5)) + Bytes.media
        #expect(ProbeRun(file).failure?.code == .notAVideo)
    }

    @Test func `media data without a movie header is truncated`() {
        for media in [Bytes.media, Bytes.box("mdat", size: 0, Bytes.zeros(99)), Bytes.box("mdat", size: 1 << 30)] {
            #expect(ProbeRun(Bytes.fileType + media).failure?.code == .truncated)
        }
    }

    @Test func `a file cut anywhere is truncated`() {
        for file in [
            Bytes.fileType + Bytes.movie + Bytes.media, Bytes.fileType + Bytes.media + Bytes.movie,
            Bytes.fileType + Bytes.box("mdat", Bytes.zeros(40_000)) + Bytes.movie,
        ] {
            for length in stride(from: 8, to: file.count, by: 37) {
                let run = ProbeRun(Array(file.prefix(length)))
                // The media data may be missing altogether.
                guard length != Bytes.fileType.count + Bytes.movie.count else { continue }
                #expect(run.failure?.code == .truncated, "cut after \(length) of \(file.count) bytes")
            }
        }
    }

    @Test func `a file that is shorter than its claimed size is truncated`() {
        let file = Bytes.fileType + Bytes.box("mdat", Bytes.zeros(40_000)) + Bytes.movie
        let run = ProbeRun(Array(file.prefix(30_000)), claimedSize: Int64(file.count))
        #expect(run.failure?.code == .truncated)
        #expect(ProbeRun([], claimedSize: 1_000).failure?.code == .notAVideo)
    }

    @Test func `bytes after the requested ones are ignored`() {
        let file = Bytes.fileType + Bytes.box("mdat", Bytes.zeros(40_000)) + Bytes.movie
        let run = ProbeRun(byteSize: Int64(file.count)) { Array(file[Int($0.lowerBound)...]) + [1, 2, 3] }
        #expect(run.info?.width == 640)
        #expect(run.reads.count == 2)
    }

    @Test func `bytes after the end change nothing`() {
        var probe = MediaProbe(byteSize: 0)
        let step = probe.step
        probe.receive([1, 2, 3])
        #expect(probe.step == step)
    }

    @Test func `junk after a whole movie is ignored`() {
        let file = Bytes.fileType + Bytes.media + Bytes.movie
        for junk in [Bytes.zeros(5), Bytes.zeros(500), Array("APPENDED BY A CAMERA".utf8), [0, 0, 0, 3, 1, 2, 3, 4]] {
            #expect(ProbeRun(file + junk).info?.width == 640)
        }
    }

    @Test func `the search for a movie header ends at the limit`() {
        let media = Array(repeating: Bytes.box("mdat", Bytes.zeros(50_000)), count: 12).flatMap { $0 }
        let run = ProbeRun(Bytes.fileType + media + Bytes.movie)
        #expect(run.reads.count == MediaProbe.maximumReads)
        #expect(run.failure?.code == .notAVideo)
    }

    @Test func `boxes within boxes don't exhaust the stack`() {
        var nested = Bytes.handler("vide")
        for _ in 0..<2_000 { nested = Bytes.box("mdia", nested) }
        let movie = Bytes.box("moov", Bytes.box("trak", nested))
        #expect(ProbeRun(Bytes.fileType + movie + Bytes.media).failure?.code == .notAVideo)
    }

    @Test func `sizes near the limits of their types don't trap`() {
        for size: UInt64 in [2, 7, 15, .max, 1 << 63, (1 << 63) - 1, UInt64(UInt32.max)] {
            for file in [
                Bytes.fileType + Bytes.longBox("mdat", size: size), Bytes.longBox("ftyp", size: size),
                Bytes.fileType + Bytes.longBox("moov", size: size, Bytes.zeros(40)),
                Bytes.fileType + Bytes.box("moov", Bytes.longBox("trak", size: size, Bytes.zeros(90))),
            ] {
                #expect(ProbeRun(file).failure != nil)
                for claimed: Int64 in [.max, 1 << 60, (1 << 60) + 1, (1 << 62)] {
                    _ = ProbeRun(byteSize: claimed) { range in
                        range.lowerBound == 0 ? file + Bytes.zeros(range.count - file.count) : Bytes.zeros(range.count)
                    }
                }
            }
        }
    }
}
#endif
