#if Delivery
/// The properties of a track (`TrackEntry`).
struct MatroskaTrack {
    enum Kind: UInt64 {
        case video = 1
        case audio = 2
    }

    private(set) var kind: Kind?
    private(set) var codec: String?
    private(set) var width: Int?
    private(set) var height: Int?
    private(set) var frameRate: Double?

    init(_ file: ProbedFile, _ entry: EBMLElement) throws(ProbeInterruption) {
        var codecID: String?
        var details: EBMLElement?
        var position = entry.content
        // An element has at least 2 bytes, so the position grows.
        while position < entry.end, let element = try file.element(at: position, limit: entry.end) {
            switch element.id {
            case 0x83: kind = try file.unsigned(element).flatMap(Kind.init)
            case 0x86: codecID = try file.string(element)
            case 0x63A2: details = element
            case 0x23E383:
                // Nanoseconds per frame.
                if let duration = try file.unsigned(element), duration > 0 {
                    frameRate = FrameRate.rounded(1_000_000_000 / Double(duration))
                }
            case 0xE0: try readVideo(element, in: file)
            default: break
            }
            position = element.end
        }
        guard let codecID, let kind else { return }
        codec = try Self.codec(codecID, kind, details, in: file)
    }

    private mutating func readVideo(_ video: EBMLElement, in file: ProbedFile) throws(ProbeInterruption) {
        var position = video.content
        while position < video.end, let element = try file.element(at: position, limit: video.end) {
            let size = element.id == 0xB0 || element.id == 0xBA ? try file.unsigned(element) : nil
            if let size, size > 0, size <= UInt64(Int32.max) {
                if element.id == 0xB0 { width = Int(size) } else { height = Int(size) }
            }
            position = element.end
        }
    }

    /// Returns the codec, for codecs of other systems with the help of the codec's private data.
    private static func codec(
        _ id: String, _ kind: Kind, _ details: EBMLElement?, in file: ProbedFile
    ) throws(ProbeInterruption) -> String? {
        guard let details else { return CodecName.matroska(id) }
        switch id {
        case "V_MS/VFW/FOURCC":
            guard details.end - details.content >= 20 else { return nil }
            return try file.load(at: details.content + 16, count: 4).flatMap { CodecName.video(FourCC($0)) }
        case "V_QUICKTIME":
            // A sample description, whose size precedes the type.
            guard details.end - details.content >= 8 else { return nil }
            return try file.load(at: details.content + 4, count: 4).flatMap { CodecName.video(FourCC($0)) }
        case "A_MS/ACM":
            guard details.end - details.content >= 2 else { return nil }
            return try file.load(at: details.content, count: 2).flatMap {
                CodecName.wave(formatTag: $0.reversed().reduce(0) { $0 << 8 | UInt16($1) })
            }
        default: return CodecName.matroska(id)
        }
    }
}
#endif
