#if Delivery
import Testing
import VideoDelivery

/// MPEG transport streams, built packet by packet.
struct TransportStreamTests {
    private typealias Bytes = TransportBytes

    private let expected = MediaInfo(
        container: .mpegTS, duration: 4, width: 720, height: 576, frameRate: 25, videoCodec: "mp2v",
        audioCodec: "mp4a", hasVideo: true, hasAudio: true)

    @Test(arguments: [188, 192])
    func `the tables name the codecs and the timestamps tell the duration`(stride: Int) {
        let run = ProbeRun(Bytes.file(seconds: 4, stride: stride))
        #expect(run.info == expected)
    }

    @Test func `a long stream takes a read at its end`() {
        let run = ProbeRun(Bytes.file(seconds: 4, fill: 30))
        #expect(run.info == expected)
        #expect(run.reads.count == 2)
    }

    @Test func `timestamps may start again`() {
        let run = ProbeRun(Bytes.file(seconds: 4, start: (1 << 33) - 90_000))
        #expect(run.info == expected)
    }

    @Test func `an end without timestamps is searched once more`() {
        let file = Bytes.file(seconds: 4) + Array(repeating: Bytes.packet(256, []), count: 300).flatMap { $0 }
        let run = ProbeRun(file)
        #expect(run.info == expected)
        let long = file + Array(repeating: Bytes.packet(256, []), count: 1_500).flatMap { $0 }
        var unknown = expected
        unknown.duration = nil
        #expect(ProbeRun(long).info == unknown)
    }

    @Test func `a table may take several packets`() {
        let streams: [(UInt8, UInt16, [UInt8])] =
            [(2, 256, [])] + (0..<40).map { (0x0F, 257 + $0, [10, 4, 100, 101, 117, 0]) }
        let run = ProbeRun(Bytes.file(seconds: 4, streams: streams))
        #expect(run.info == expected)
    }

    @Test func `descriptors name the codecs of private streams`() {
        let kinds: [(UInt8, [UInt8], String)] = [
            (6, [5, 4] + Array("Opus".utf8), "opus"), (6, [0x6A, 1, 0], "ac-3"), (6, [0x7A, 1, 0], "ec-3"),
            (0x81, [], "ac-3"), (0x11, [], "mp4a"), (0x87, [], "ec-3"),
        ]
        for (type, descriptors, name) in kinds {
            let run = ProbeRun(Bytes.file(seconds: 4, streams: [(2, 256, []), (type, 257, descriptors)]))
            #expect(run.info?.audioCodec == name)
        }
        let subtitles = ProbeRun(Bytes.file(seconds: 4, streams: [(2, 256, []), (6, 257, [0x59, 0])]))
        #expect(subtitles.info?.hasAudio == false)
    }

    @Test func `programs whose maps never come don't hide the one that the file has`() {
        let list = Bytes.associations([(1, 0x1000), (2, 0x1001), (3, 0x1002)])
        let tables = list + Bytes.packets(0x1001, Bytes.map(2, Bytes.streams))
        #expect(ProbeRun(Bytes.file(seconds: 4, tables: tables)).info == expected)
    }

    @Test func `a program with video comes before those without`() {
        let list = Bytes.associations([(1, 0x1000), (2, 0x1001), (3, 0x1002)])
        let radio = Bytes.packets(0x1000, Bytes.map(1, [(0x0F, 257, [])]))
        let data = Bytes.packets(0x1001, Bytes.map(2, [(0x05, 300, [])]))
        let video = Bytes.packets(0x1002, Bytes.map(3, Bytes.streams))
        #expect(ProbeRun(Bytes.file(seconds: 4, tables: list + radio + data + video)).info == expected)
        #expect(ProbeRun(Bytes.file(seconds: 4, tables: list + data + video)).info == expected)
        let sound = ProbeRun(Bytes.file(seconds: 4, fill: 30, tables: list + radio + data))
        #expect(sound.info?.hasVideo == false && sound.info?.audioCodec == "mp4a")
        #expect(sound.byteCount < 150_000)
    }

    @Test func `several programs may share the packets of their maps`() {
        let list = Bytes.associations([(2, 0x1000), (3, 0x1000)])
        let (radio, video) = (Bytes.map(2, [(0x0F, 300, [])]), Bytes.map(3, Bytes.streams))
        // A map of a program that isn't in the list.
        let other = Bytes.map(1, [(0x24, 400, [])])
        let filling = Array(repeating: UInt8(0xFF), count: 183)
        let single = Bytes.packets(0x1000, Array((other + radio + video + filling).prefix(183)))
        #expect(ProbeRun(Bytes.file(seconds: 4, tables: list + single)).info == expected)
        let inTurn = [other, radio, video].flatMap { Bytes.packets(0x1000, $0) }
        #expect(ProbeRun(Bytes.file(seconds: 4, tables: list + inTurn)).info == expected)
        // A map that starts in the packet in which the one before ends.
        let long = Bytes.map(2, (0..<40).map { (0x0F, 300 + $0, []) })
        let rest = Array(long[183...])
        let spanning = [
            Bytes.packet(0x1000, startsUnit: true, [0] + long[..<183]),
            Bytes.packet(0x1000, startsUnit: true, [UInt8(rest.count)] + rest + video),
        ]
        #expect(ProbeRun(Bytes.file(seconds: 4, tables: list + spanning)).info == expected)
    }

    @Test(arguments: [188, 192])
    func `a capture may start in the middle of a packet`(stride: Int) {
        let first = MovieBytes.zeros(stride - 188) + Bytes.packet(256, [])
        for cut in [1, 4, 5, 100, stride - 1] {
            for fill in [0, 30] {
                let run = ProbeRun(Array((first + Bytes.file(seconds: 4, stride: stride, fill: fill)).dropFirst(cut)))
                #expect(run.info == expected, "without the first \(cut) bytes")
            }
        }
    }

    @Test func `packets without tables aren't a video`() {
        let file = Array(repeating: Bytes.packet(256, []), count: 2_000).flatMap { $0 }
        let run = ProbeRun(file)
        #expect(run.failure?.code == .notAVideo)
        #expect(run.byteCount < 150_000)
    }

    @Test func `a few sync bytes aren't a transport stream`() {
        #expect(ProbeRun(Bytes.packet(0, []) + Bytes.packet(0, [])).failure?.code == .notAVideo)
        let later = MovieBytes.zeros(9) + Array(repeating: Bytes.packet(0, []), count: 4).flatMap { $0 }
        let run = ProbeRun(later + MovieBytes.zeros(20_000))
        #expect(run.failure?.code == .notAVideo)
        #expect(run.reads.count == 1)
    }
}

/// The bytes of transport streams, packet by packet.
enum TransportBytes {
    typealias Stream = (type: UInt8, id: UInt16, descriptors: [UInt8])

    /// The streams with the frames of a file.
    static let streams: [Stream] = [(2, 256, []), (0x0F, 257, [])]

    /// A packet, filled up by an adaptation field.
    static func packet(_ id: UInt16, startsUnit: Bool = false, _ payload: [UInt8]) -> [UInt8] {
        let gap = 184 - payload.count
        let start = [0x47, (startsUnit ? 0x40 : 0) | UInt8(id >> 8), UInt8(id & 0xFF), gap > 0 ? 0x30 : 0x10]
        let field = gap == 0 ? [] : [UInt8(gap - 1)] + (gap > 1 ? [0] : [])
        return start + field + Array(repeating: 0xFF, count: max(0, gap - 2)) + payload
    }

    /// A section with a header and a checksum.
    static func section(_ type: UInt8, _ number: UInt16, _ content: [UInt8]) -> [UInt8] {
        let length = content.count + 9
        let header = [type, 0xB0 | UInt8(length >> 8), UInt8(length & 0xFF), UInt8(number >> 8), UInt8(number & 0xFF)]
        return header + [0xC1, 0, 0] + content + [0, 0, 0, 0]
    }

    /// The packets of sections, of which the first one starts at the start of the first packet.
    static func packets(_ id: UInt16, _ sections: [UInt8]) -> [[UInt8]] {
        let bytes = [0] + sections
        return stride(from: 0, to: bytes.count, by: 184).map {
            packet(id, startsUnit: $0 == 0, Array(bytes[$0..<min($0 + 184, bytes.count)]))
        }
    }

    /// The packets that list programs.
    static func associations(_ programs: [(number: UInt16, id: UInt16)]) -> [[UInt8]] {
        let content = programs.flatMap { program in
            [UInt8(program.number >> 8), UInt8(program.number & 0xFF), 0xE0 | UInt8(program.id >> 8)]
                + [UInt8(program.id & 0xFF)]
        }
        return packets(0, section(0, 1, content))
    }

    /// The section that lists the streams of a program.
    static func map(_ program: UInt16, _ streams: [Stream]) -> [UInt8] {
        let entries = streams.flatMap { stream in
            [stream.type, 0xE0 | UInt8(stream.id >> 8), UInt8(stream.id & 0xFF), 0xF0, UInt8(stream.descriptors.count)]
                + stream.descriptors
        }
        return section(2, program, [0xE1, 0, 0xF0, 0] + entries)
    }

    static func unit(_ id: UInt16, _ time: UInt64, _ content: [UInt8]) -> [UInt8] {
        let time = time & 0x1_FFFF_FFFF
        let stamp = [
            0x21 | UInt8(time >> 30 & 7) << 1, UInt8(time >> 22 & 0xFF), UInt8(time >> 15 & 0x7F) << 1 | 1,
            UInt8(time >> 7 & 0xFF), UInt8(time & 0x7F) << 1 | 1,
        ]
        return packet(id, startsUnit: true, [0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5] + stamp + content)
    }

    /// A stream with a frame of video and sound every 40 ms.
    static func file(
        seconds: Int, stride: Int = 188, start: UInt64 = 126_000, fill: Int = 0,
        streams: [Stream] = streams, tables: [[UInt8]]? = nil
    ) -> [UInt8] {
        var packets = tables ?? associations([(1, 0x1000)]) + Self.packets(0x1000, map(1, streams))
        for frame in 0..<seconds * 25 {
            let time = start &+ UInt64(frame) * 3_600
            // 720 by 576 pixels, 25 frames per second.
            packets.append(unit(256, time, [0, 0, 1, 0xB3, 0x2D, 0x02, 0x40, 0x33, 0, 0, 0, 0]))
            packets += Array(repeating: packet(256, [1]), count: fill)
            packets.append(unit(257, time, [0xFF, 0xF1, 0x50]))
        }
        return packets.flatMap { Array(repeating: 0, count: stride - 188) + $0 }
    }
}
#endif
