#if Delivery
/// A video or audio stream, collected from its packets.
struct PacketizedStream {
    /// The maximum number of bytes to keep of a stream.
    private static let limit = 65_536

    /// A PES packet.
    struct Unit {
        /// The presentation time in ticks of 90 kHz, with 33 bits.
        let time: UInt64
        /// The number of bytes of content.
        var length: Int
    }

    /// The PES packets with a presentation time, in their order.
    private(set) var units: [Unit] = []
    /// The first bytes of the stream.
    private(set) var bytes: [UInt8] = []

    mutating func read(_ packet: TransportPacket) {
        guard packet.startsUnit else {
            append(packet.payload)
            return
        }
        // The start code, the stream, the length, two bytes of flags, and the length of the rest of the header.
        let header = Array(packet.payload.prefix(14))
        guard header.count >= 9, header.starts(with: [0, 0, 1]), header[6] & 0xC0 == 0x80 else { return }
        if header[7] & 0x80 != 0, header[8] >= 5, header.count == 14 {
            let fields = header[9..<14].map(UInt64.init)
            // 3, 15 and 15 bits, each followed by a marker.
            let high = (fields[0] >> 1 & 7) << 30
            let time = high | fields[1] << 22 | (fields[2] >> 1) << 15 | fields[3] << 7 | fields[4] >> 1
            units.append(Unit(time: time, length: 0))
        }
        append(packet.payload.dropFirst(9 + Int(header[8])))
    }

    private mutating func append(_ payload: ArraySlice<UInt8>) {
        guard !units.isEmpty else { return }
        units[units.count - 1].length += payload.count
        bytes += payload.prefix(max(0, Self.limit - bytes.count))
    }

    /// Returns the end of the stream, in ticks after the start of the file.
    ///
    /// The last frame of a video lasts as long as the one before. A PES packet of sound has several frames, so its
    /// duration depends on its length.
    func end(after start: UInt64, isVideo: Bool) -> UInt64? {
        // A time that's a little smaller than the start isn't one after almost a day.
        let times = units.map { ($0.time &- start) & 0x1_FFFF_FFFF }
        let order = times.indices.filter { times[$0] < 0x1_F000_0000 }.sorted { times[$0] < times[$1] }
        guard let last = order.last else { return nil }
        guard let previous = order.last(where: { times[$0] < times[last] }) else { return times[last] }
        var duration = min(times[last] - times[previous], 90_000)
        let (length, whole) = (UInt64(units[last].length), UInt64(units[previous].length))
        if !isVideo, length < whole { duration = duration * length / whole }
        return times[last] + duration
    }

    /// The codec of MPEG audio, by the layer in its first frame header (ISO/IEC 11172-3, 2.4.2.3).
    var audioLayerCodec: String? {
        guard bytes.count >= 2, bytes[0] == 0xFF, bytes[1] & 0xE0 == 0xE0 else { return nil }
        return bytes[1] & 0x06 == 0x02 ? "mp3" : "mp2"
    }
}
#endif
