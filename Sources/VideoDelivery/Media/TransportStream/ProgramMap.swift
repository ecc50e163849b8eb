#if Delivery
/// The programs of a transport stream, and the streams of one of them (ISO/IEC 13818-1, 2.4.4).
///
/// A recording of one program may still list the others of its transponder, whose maps never come.
struct ProgramMap {
    struct Stream {
        let id: UInt16
        let isVideo: Bool
        /// The codec, or `nil` if the stream itself must tell it.
        let codec: String?
    }

    /// The streams of the first map with video, or of the first one with audio if none has come with video.
    private(set) var streams: [Stream] = []
    /// The identifiers of the packets with the programs' maps, by the number of the program.
    private var mapIDs: [UInt16: UInt16] = [:]
    /// The programs whose maps have come.
    private var known: Set<UInt16> = []
    /// The bytes of unfinished sections, by the identifier of their packets.
    ///
    /// The packets with the identifier 0 list the programs.
    private var sections: [UInt16: [UInt8]] = [0: []]

    /// A Boolean value that indicates whether later packets don't change the streams.
    var isComplete: Bool {
        streams.contains { $0.isVideo } || (!mapIDs.isEmpty && known.count == mapIDs.count)
    }

    /// Reads a packet, if it belongs to the tables.
    mutating func read(_ packet: TransportPacket) {
        guard let section = sections[packet.id], !isComplete else { return }
        if packet.startsUnit {
            // A pointer says where the first section starts. The bytes before it end an earlier one.
            guard let pointer = packet.payload.first else { return }
            let content = packet.payload.dropFirst()
            if !section.isEmpty { _ = readSections(section + content.prefix(Int(pointer)), of: packet.id) }
            sections[packet.id] = readSections(Array(content.dropFirst(Int(pointer))), of: packet.id)
        } else if !section.isEmpty {
            sections[packet.id] = readSections(section + packet.payload, of: packet.id)
        }
    }

    /// Reads the sections that are whole, and returns the start of the next one.
    private mutating func readSections(_ bytes: [UInt8], of id: UInt16) -> [UInt8] {
        var rest = bytes[...]
        while let table = rest.first {
            // The rest of the packet is filled up.
            if table == 0xFF { return [] }
            let header = Array(rest.prefix(3))
            guard header.count == 3 else { break }
            let length = 3 + (Int(header[1] & 0x0F) << 8 | Int(header[2]))
            guard rest.count >= length else { break }
            if length >= 12 {
                // The last four bytes are a checksum.
                let content = Array(rest.prefix(length - 4))
                if id == 0 { readAssociations(content) } else { readMap(content, from: id) }
            }
            rest = rest.dropFirst(length)
        }
        return Array(rest)
    }

    private mutating func readAssociations(_ section: [UInt8]) {
        guard section[0] == 0 else { return }
        for start in stride(from: 8, through: section.count - 4, by: 4) {
            let program = UInt16(section[start]) << 8 | UInt16(section[start + 1])
            let id = UInt16(section[start + 2] & 0x1F) << 8 | UInt16(section[start + 3])
            // Program 0 is the network.
            guard program != 0, mapIDs[program] == nil else { continue }
            mapIDs[program] = id
            if sections[id] == nil { sections[id] = [] }
        }
    }

    private mutating func readMap(_ section: [UInt8], from id: UInt16) {
        guard section[0] == 2, section.count >= 12 else { return }
        let number = UInt16(section[3]) << 8 | UInt16(section[4])
        guard mapIDs[number] == id, known.insert(number).inserted else { return }
        let infoLength = Int(section[10] & 0x0F) << 8 | Int(section[11])
        let program = Descriptors(section.dropFirst(12).prefix(infoLength))
        var found: [Stream] = []
        var position = 12 + infoLength
        while position + 5 <= section.count {
            let id = UInt16(section[position + 1] & 0x1F) << 8 | UInt16(section[position + 2])
            let length = Int(section[position + 3] & 0x0F) << 8 | Int(section[position + 4])
            let descriptors = Descriptors(section.dropFirst(position + 5).prefix(length))
            if let kind = Self.kind(section[position], descriptors, isBluRay: program.registration == "HDMV") {
                found.append(Stream(id: id, isVideo: kind.isVideo, codec: kind.codec))
            }
            position += 5 + length
        }
        // Two sections may be in one packet, so the streams may have video by now.
        if streams.isEmpty || (found.contains { $0.isVideo } && !streams.contains { $0.isVideo }) { streams = found }
    }

    /// Returns the kind of a stream by its type and descriptors, or `nil` if it's neither video nor audio.
    private static func kind(
        _ type: UInt8, _ descriptors: Descriptors, isBluRay: Bool
    ) -> (isVideo: Bool, codec: String?)? {
        switch type {
        case 0x01: return (true, "mp1v")
        case 0x02: return (true, "mp2v")
        case 0x03, 0x04: return (false, nil)
        case 0x0F, 0x11: return (false, "mp4a")
        case 0x10: return (true, "mp4v")
        case 0x1B: return (true, "avc1")
        case 0x24: return (true, "hvc1")
        case 0x33: return (true, "vvc1")
        case 0xEA: return (true, "vc-1")
        case 0x80: return isBluRay ? (false, "pcm") : nil
        case 0x81: return (false, "ac-3")
        case 0x82, 0x85, 0x86: return isBluRay ? (false, "dts") : nil
        case 0x83: return (false, "truehd")
        case 0x84, 0x87: return (false, "ec-3")
        case 0x06:
            switch descriptors.registration {
            case "HEVC": return (true, "hvc1")
            case "AV01": return (true, "av01")
            case "VC-1": return (true, "vc-1")
            case "Opus": return (false, "opus")
            case "AC-3": return (false, "ac-3")
            case "EAC3": return (false, "ec-3")
            case "DTS1", "DTS2", "DTS3": return (false, "dts")
            default: break
            }
            // The descriptors of DVB (ETSI EN 300 468).
            let dvb: [UInt8: String] = [0x6A: "ac-3", 0x7A: "ec-3", 0x7B: "dts", 0x7C: "mp4a"]
            return descriptors.tags.lazy.compactMap { dvb[$0] }.first.map { (false, $0) }
        default: return nil
        }
    }

    private struct Descriptors {
        private(set) var tags: [UInt8] = []
        /// The format identifier of a registration descriptor.
        private(set) var registration: FourCC?

        init(_ slice: ArraySlice<UInt8>) {
            var rest = slice
            while rest.count >= 2 {
                let bytes = Array(rest.prefix(2))
                let content = rest.dropFirst(2).prefix(Int(bytes[1]))
                tags.append(bytes[0])
                if bytes[0] == 5, content.count >= 4 { registration = FourCC(content) }
                rest = rest.dropFirst(2 + Int(bytes[1]))
            }
        }
    }
}
#endif
