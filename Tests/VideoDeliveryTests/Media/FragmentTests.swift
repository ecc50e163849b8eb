#if Delivery
import Testing
import VideoDelivery

/// Fragmented MP4 files, built box by box.
struct FragmentTests {
    private typealias Bytes = MovieBytes

    private static let fragment =
        Bytes.box("moof", Bytes.box("mfhd", Bytes.zeros(8))) + Bytes.box("mdat", Bytes.zeros(400))

    private static func movie(_ extends: [UInt8] = Bytes.box("trex", Bytes.zeros(24)), times: [UInt8]? = nil) -> [UInt8]
    {
        let track = Bytes.videoTrack(times: times ?? Bytes.times())
        let duration: UInt64 = times == nil ? 0 : 100
        return Bytes.box("moov", Bytes.movieHeader(duration: duration), track, Bytes.box("mvex", extends))
    }

    private static func index(
        _ entries: [(size: Int, ticks: UInt64)], track: UInt64 = 1, gap: UInt64 = 0, isLong: Bool = false
    ) -> [UInt8] {
        let times = isLong ? Bytes.zeros(8) + Bytes.number(gap, 8) : Bytes.zeros(4) + Bytes.number(gap, 4)
        return Bytes.box(
            "sidx", [isLong ? 1 : 0, 0, 0, 0], Bytes.number(track, 4), Bytes.number(1_000, 4), times,
            Bytes.zeros(2), Bytes.number(UInt64(entries.count), 2),
            entries.flatMap { Bytes.number(UInt64($0.size), 4) + Bytes.number($0.ticks, 4) + Bytes.zeros(4) })
    }

    private static let many = Array(repeating: fragment, count: 500).flatMap { $0 }

    @Test func `fragments without an index have no duration`() {
        let run = ProbeRun(Bytes.fileType + Self.movie() + Self.many)
        #expect(run.info?.isFragmented == true && run.info?.isFastStart == true)
        #expect(run.info?.duration == nil && run.info?.frameRate == nil)
        #expect(run.info?.width == 640)
        #expect(run.reads.count == 1)
    }

    @Test func `the duration of the first fragment isn't that of the file`() {
        let run = ProbeRun(Bytes.fileType + Self.movie(times: Bytes.times((5, 512))) + Bytes.media + Self.many)
        #expect(run.info?.isFragmented == true)
        #expect(run.info?.duration == nil && run.info?.frameRate == nil)
    }

    @Test func `a movie header that announces fragments may have none`() {
        let run = ProbeRun(Bytes.fileType + Self.movie(times: Bytes.times((5, 512))) + Bytes.media)
        #expect(run.info?.isFragmented == false && run.info?.duration == 0.1)
    }

    @Test func `the movie extends header tells the duration`() {
        for header in [Bytes.zeros(4) + Bytes.number(7_500, 4), [1, 0, 0, 0] + Bytes.number(7_500, 8)] {
            let file = Bytes.fileType + Self.movie(Bytes.box("mehd", header)) + Self.many
            #expect(ProbeRun(file).info?.duration == 7.5)
        }
    }

    @Test func `an index of all fragments tells the duration`() {
        let entries = Array(repeating: (size: Self.fragment.count, ticks: UInt64(40)), count: 500)
        for isLong in [false, true] {
            let index = Self.index(entries, isLong: isLong)
            for end in [[], Bytes.box("mfra", Bytes.zeros(40))] {
                let run = ProbeRun(Bytes.fileType + Self.movie() + index + Self.many + end)
                #expect(run.info?.duration == 20)
                #expect(run.reads.count <= 2)
            }
        }
    }

    @Test func `each track may have an index of the same fragments`() {
        let entries = Array(repeating: (size: Self.fragment.count, ticks: UInt64(40)), count: 500)
        let second = Self.index(entries.map { ($0.size, $0.ticks + 1) }, track: 2)
        let first = Self.index(entries, gap: UInt64(second.count))
        #expect(ProbeRun(Bytes.fileType + Self.movie() + first + second + Self.many).info?.duration == 20.5)
    }

    @Test func `an index of indexes counts each fragment once`() {
        let fragments = Array(repeating: Self.fragment, count: 5).flatMap { $0 }
        let part = Self.index(Array(repeating: (size: Self.fragment.count, ticks: 2_000), count: 5)) + fragments
        let whole = Self.index(Array(repeating: (size: part.count, ticks: 10_000), count: 2))
        let run = ProbeRun(Bytes.fileType + Self.movie() + whole + part + part)
        #expect(run.info?.duration == 20)
    }

    @Test func `an index of later fragments adds to the one before, for each track`() {
        let fragments = Array(repeating: Self.fragment, count: 5).flatMap { $0 }
        let entries = Array(repeating: (size: Self.fragment.count, ticks: UInt64(2_000)), count: 5)
        let second = Self.index(entries.map { ($0.size, $0.ticks + 100) }, track: 2)
        let part = Self.index(entries, gap: UInt64(second.count)) + second + fragments
        #expect(ProbeRun(Bytes.fileType + Self.movie() + part + part).info?.duration == 21)
    }

    @Test func `an index without durations tells nothing`() {
        let entries = Array(repeating: (size: Self.fragment.count, ticks: UInt64(0)), count: 500)
        let run = ProbeRun(Bytes.fileType + Self.movie() + Self.index(entries) + Self.many)
        #expect(run.info != nil && run.info?.duration == nil)
    }

    @Test func `an index of a part of the fragments tells nothing`() {
        let entries = Array(repeating: (size: Self.fragment.count, ticks: UInt64(40)), count: 400)
        let run = ProbeRun(Bytes.fileType + Self.movie() + Self.index(entries) + Self.many)
        #expect(run.info != nil && run.info?.duration == nil)
    }

    @Test func `a file that ends before its indexed fragments is truncated`() {
        let entries = Array(repeating: (size: Self.fragment.count, ticks: UInt64(40)), count: 501)
        let run = ProbeRun(Bytes.fileType + Self.movie() + Self.index(entries) + Self.many)
        #expect(run.failure?.code == .truncated)
    }

    @Test func `a fragment without its movie header isn't a video`() {
        let run = ProbeRun(Bytes.box("styp", Array("msdh".utf8), Bytes.zeros(4)) + Self.fragment)
        #expect(run.failure?.code == .notAVideo)
    }
}
#endif
