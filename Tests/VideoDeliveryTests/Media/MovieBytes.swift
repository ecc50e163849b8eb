#if Delivery
/// The bytes of MP4 and QuickTime files, box by box.
enum MovieBytes {
    static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }

    static func zeros(_ count: Int) -> [UInt8] { Array(repeating: 0, count: count) }

    static func box(_ type: String, _ content: [UInt8]...) -> [UInt8] {
        let content = content.flatMap { $0 }
        return number(UInt64(content.count + 8), 4) + type.utf8 + content
    }

    /// A box with any size in its header.
    static func box(_ type: String, size: UInt64, _ content: [UInt8] = []) -> [UInt8] {
        number(size, 4) + type.utf8 + content
    }

    /// A box with a size of 64 bits.
    static func longBox(_ type: String, size: UInt64? = nil, _ content: [UInt8] = []) -> [UInt8] {
        box(type, size: 1, number(size ?? UInt64(content.count + 16), 8) + content)
    }

    static let fileType = box("ftyp", Array("isom".utf8), number(512, 4), Array("isomavc1".utf8))
    static let media = box("mdat", zeros(5_000))

    /// Four numbers of a matrix that rotates by quarter turns.
    static func matrix(_ a: Int32, _ b: Int32, _ c: Int32, _ d: Int32) -> [UInt8] {
        [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30].flatMap {
            number(UInt64(UInt32(bitPattern: $0)), 4)
        }
    }

    static let identity = matrix(1, 0, 0, 1)

    static func movieHeader(duration: UInt64, isLong: Bool = false, matrix: [UInt8] = identity) -> [UInt8] {
        let times =
            isLong
            ? [1, 0, 0, 0] + zeros(16) + number(1_000, 4) + number(duration, 8)
            : zeros(12) + number(1_000, 4) + number(duration, 4)
        return box("mvhd", times, zeros(16), matrix, zeros(28))
    }

    static func trackHeader(matrix: [UInt8] = identity, isLong: Bool = false) -> [UInt8] {
        let start = isLong ? [1, 0, 0, 7] + zeros(48) : [0, 0, 0, 7] + zeros(36)
        return box("tkhd", start, matrix, number(640 << 16, 4), number(360 << 16, 4))
    }

    static func handler(_ type: String) -> [UInt8] { box("hdlr", zeros(8), Array(type.utf8), zeros(13)) }

    static func mediaHeader(scale: UInt64 = 12_800, duration: UInt64 = 25_600) -> [UInt8] {
        box("mdhd", zeros(12), number(scale, 4), number(duration, 4), zeros(4))
    }

    static func description(_ entry: [UInt8]) -> [UInt8] { box("stsd", zeros(4), number(1, 4), entry) }

    static func videoEntry(_ type: String, _ width: Int, _ height: Int, _ boxes: [UInt8] = []) -> [UInt8] {
        box(type, zeros(24), number(UInt64(width), 2), number(UInt64(height), 2), zeros(50), boxes)
    }

    static func audioEntry(_ type: String, _ boxes: [UInt8] = []) -> [UInt8] { box(type, zeros(28), boxes) }

    /// A descriptor of an elementary stream with an object type.
    static func objectType(_ type: UInt8) -> [UInt8] {
        box("esds", zeros(4), [3, 0x80, 0x80, 0x80, 22, 0, 1, 0, 4, 17, type], zeros(12))
    }

    static func times(_ entries: (count: UInt64, duration: UInt64)...) -> [UInt8] {
        box(
            "stts", zeros(4), number(UInt64(entries.count), 4),
            entries.flatMap { number($0.count, 4) + number($0.duration, 4) })
    }

    static func videoTrack(
        header: [UInt8] = trackHeader(), entry: [UInt8] = videoEntry("avc1", 640, 360),
        times: [UInt8] = times((50, 512)), tables: [UInt8] = []
    ) -> [UInt8] {
        let table = box("stbl", description(entry), times, tables)
        return box("trak", header, box("mdia", mediaHeader(), handler("vide"), box("minf", table)))
    }

    static func audioTrack(_ entry: [UInt8] = audioEntry("mp4a", objectType(0x40)), tables: [UInt8] = []) -> [UInt8] {
        let table = box("stbl", description(entry), times((94, 1_024)), tables)
        let header = mediaHeader(scale: 48_000, duration: 96_000)
        return box("trak", trackHeader(), box("mdia", header, handler("soun"), box("minf", table)))
    }

    static let movie = box("moov", movieHeader(duration: 2_000), videoTrack(), audioTrack())
}
#endif
