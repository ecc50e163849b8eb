#if Delivery
/// The arrangement of the packets in a file.
struct PacketLayout {
    /// The number of bytes from one packet to the next: 188, or 192 with a timestamp of 4 bytes before each packet.
    let stride: Int
    /// The position of the first whole packet, which isn't 0 if the file starts in the middle of another one.
    let offset: Int
    /// The number of bytes before the sync byte.
    var prefix: Int { stride - TransportPacket.length }

    /// The number of packets whose sync bytes show the layout, at the start of the file and elsewhere.
    private static let packetCounts = (first: 3, later: 5)
    /// The number of bytes that show the layout.
    static let detectionLength = (packetCounts.later + 1) * 192

    /// Creates a layout by the sync bytes of the first packets, or returns `nil` if they aren't there.
    init?(_ start: ArraySlice<UInt8>) {
        let bytes = Array(start)
        for offset in 0..<192 {
            let count = offset == 0 ? Self.packetCounts.first : Self.packetCounts.later
            for stride in [188, 192] where offset < stride {
                let first = offset + stride - TransportPacket.length
                let hasSyncBytes = (0..<count).allSatisfy { number in
                    let position = first + number * stride
                    return position < bytes.count && bytes[position] == TransportPacket.sync
                }
                if hasSyncBytes {
                    (self.stride, self.offset) = (stride, offset)
                    return
                }
            }
        }
        return nil
    }

    /// Calls a closure with the packets that lie entirely in a range of loaded bytes.
    func forEachPacket(in bytes: ArraySlice<UInt8>, at start: Int64, _ body: (TransportPacket) -> Void) {
        // The distance to the next packet, which starts a multiple of the stride after the first one.
        let distance = (stride + offset - Int(start % Int64(stride))) % stride
        var position = bytes.startIndex + distance
        while bytes.endIndex - position >= stride {
            if let packet = TransportPacket(bytes[position + prefix..<position + stride]) { body(packet) }
            position += stride
        }
    }
}

/// A packet of a transport stream (ISO/IEC 13818-1, 2.4.3).
struct TransportPacket {
    static let length = 188
    static let sync: UInt8 = 0x47

    let id: UInt16
    /// A Boolean value that indicates whether a section or a PES packet starts here.
    let startsUnit: Bool
    /// The data, which is empty if it's encrypted.
    let payload: ArraySlice<UInt8>

    /// Creates a packet from its bytes, or returns `nil` if it's damaged.
    init?(_ bytes: ArraySlice<UInt8>) {
        let header = Array(bytes.prefix(5))
        guard bytes.count == Self.length, header.count == 5, header[0] == Self.sync, header[1] & 0x80 == 0 else {
            return nil
        }
        id = UInt16(header[1] & 0x1F) << 8 | UInt16(header[2])
        startsUnit = header[1] & 0x40 != 0
        // An adaptation field precedes the data, with its length in the first byte.
        let skipped = header[3] & 0x20 == 0 ? 4 : 5 + Int(header[4])
        let isReadable = header[3] & 0x10 != 0 && header[3] & 0xC0 == 0
        payload = isReadable ? bytes.dropFirst(skipped) : []
    }
}
#endif
