#if Delivery
/// The codecs in the entries of a sample description (`stsd`).
enum SampleEntry {
    static func videoCodec(_ entry: Box, in file: ProbedFile) throws(ProbeInterruption) -> String? {
        let details = try details(from: entry.content + 78, to: entry.end, in: file)
        let type = details.original ?? entry.type
        if type == "mp4v", let object = details.objectType { return CodecName.video(objectType: object) }
        return CodecName.video(type)
    }

    static func audioCodec(
        _ entry: Box, of description: Box, in file: ProbedFile
    ) throws(ProbeInterruption) -> String? {
        // QuickTime's versions 1 and 2 have more fields. In MP4, a description with version 1 has entries without them.
        var fields: Int64 = 28
        if try file.integer(at: description.content, count: 1) == 0 {
            switch try file.integer(at: entry.content + 8, count: 2) {
            case 1: fields = 44
            case 2: fields = 64
            default: break
            }
        }
        let details = try details(from: entry.content + fields, to: entry.end, in: file)
        let type = details.original ?? entry.type
        if type == "mp4a", let object = details.objectType { return CodecName.audio(objectType: object) }
        return CodecName.audio(type)
    }

    private struct Details {
        /// The format of an encrypted entry before encryption (`frma`).
        var original: FourCC?
        /// The object type of the elementary stream (`esds`).
        var objectType: UInt8?
    }

    private static func details(
        from start: Int64, to end: Int64, in file: ProbedFile
    ) throws(ProbeInterruption) -> Details {
        var details = Details()
        guard start <= end else { return details }
        try file.forEachBox(from: start, to: end) { (box) throws(ProbeInterruption) in
            switch box.type {
            case "esds": details.objectType = try objectType(box, in: file)
            case "wave":
                // QuickTime nests the boxes once more.
                try file.forEachBox(from: box.content, to: box.end) { (inner) throws(ProbeInterruption) in
                    if inner.type == "esds" { details.objectType = try objectType(inner, in: file) }
                    return true
                }
            case "sinf":
                try file.forEachBox(from: box.content, to: box.end) { (inner) throws(ProbeInterruption) in
                    guard inner.type == "frma" else { return true }
                    details.original = try file.load(at: inner.content, count: 4).map { FourCC($0) }
                    return false
                }
            default: break
            }
            return true
        }
        return details
    }

    /// Returns the object type in the descriptors of an `esds` box (ISO/IEC 14496-1, 7.2.6).
    private static func objectType(_ box: Box, in file: ProbedFile) throws(ProbeInterruption) -> UInt8? {
        var position = box.content + 4
        for _ in 0..<8 {
            guard position < box.end, let tag = try file.integer(at: position, count: 1) else { return nil }
            position += 1
            // The length has up to four bytes of seven bits.
            var length: Int64 = 0
            for _ in 0..<4 {
                guard let byte = try file.integer(at: position, count: 1) else { return nil }
                position += 1
                length = length << 7 | Int64(byte & 0x7F)
                if byte & 0x80 == 0 { break }
            }
            switch tag {
            case 3:
                guard let flags = try file.integer(at: position + 2, count: 1) else { return nil }
                position += 3 + (flags & 0x80 == 0 ? 0 : 2)
                if flags & 0x40 != 0 {
                    guard let count = try file.integer(at: position, count: 1) else { return nil }
                    position += 1 + Int64(count)
                }
                if flags & 0x20 != 0 { position += 2 }
            case 4:
                guard position < box.end else { return nil }
                return try file.integer(at: position, count: 1).map { UInt8(truncatingIfNeeded: $0) }
            default: position += length
            }
        }
        return nil
    }
}
#endif
