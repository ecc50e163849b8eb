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

    @Test func `packets without tables aren't a video`() {
        let file = Array(repeating: Bytes.packet(256, []), count: 2_000).flatMap { $0 }
        let run = ProbeRun(file)
        #expect(run.failure?.code == .notAVideo)
        #expect(run.byteCount < 150_000)
    }

    @Test func `two sync bytes aren't a transport stream`() {
        #expect(ProbeRun(Bytes.packet(0, []) + Bytes.packet(0, [])).failure?.code == .notAVideo)
    }
}

/// The bytes of transport streams, packet by packet.
enum TransportBytes {
    /// A packet, filled up by an adaptation field.
    static func packet(_ id: UInt16, startsUnit: Bool = false, _ payload: [UInt8]) -> [UInt8] {
        let gap = 184 - payload.count
        let start = [0x47, (startsUnit ? 0x40 : 0) | UInt8(id >> 8), UInt8(id & 0xFF), gap > 0 ? 0x30 : 0x10]
        let field = gap == 0 ? [] : [UInt8(gap - 1)] + (gap > 1 ? [0] : [])
        return start + field + Array(repeating: 0xFF, count: max(0, gap - 2)) + payload
    }

    static func table(_ id: UInt16, _ content: [UInt8]) -> [[UInt8]] {
        // The section's header without the table and the length, then the content and a checksum.
        let length = content.count + 9
        let type: UInt8 = id == 0 ? 0 : 2
        let section = [0, type, 0xB0 | UInt8(length >> 8), UInt8(length & 0xFF), 0, 1, 0xC1, 0, 0] + content
        let bytes = section + [0, 0, 0, 0]
        return stride(from: 0, to: bytes.count, by: 184).map {
            packet(id, startsUnit: $0 == 0, Array(bytes[$0..<min($0 + 184, bytes.count)]))
        }
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
        streams: [(type: UInt8, id: UInt16, descriptors: [UInt8])] = [(2, 256, []), (0x0F, 257, [])]
    ) -> [UInt8] {
        var packets = table(0, [0, 1, 0xE0 | 0x10, 0])
        let entries = streams.flatMap { stream in
            [stream.type, 0xE0 | UInt8(stream.id >> 8), UInt8(stream.id & 0xFF), 0xF0, UInt8(stream.descriptors.count)]
                + stream.descriptors
        }
        packets += table(0x1000, [0xE1, 0, 0xF0, 0] + entries)
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
