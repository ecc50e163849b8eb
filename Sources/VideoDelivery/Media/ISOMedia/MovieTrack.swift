#if Delivery
/// The properties of a track (`trak`).
struct MovieTrack {
    /// The kind of media, such as `vide` or `soun`.
    private(set) var handler: FourCC?
    private(set) var matrix = DisplayMatrix.identity
    /// The duration in seconds, or `nil` if it's zero or unknown.
    private(set) var duration: Double?
    private(set) var width: Int?
    private(set) var height: Int?
    private(set) var codec: String?
    private(set) var frameRate: Double?
    /// A Boolean value that indicates whether the track has samples outside fragments.
    private(set) var hasSamples = false

    private var scale: UInt64 = 0
    // Read last, because they depend on boxes that may follow them.
    private var description: Box?
    private var times: Box?

    /// Reads a track, except the tables that locate its samples.
    init(_ file: ProbedFile, _ track: Box) throws(ProbeInterruption) {
        try read(track, in: file)
        if let description { try readDescription(description, in: file) }
        if let times { try readTimes(times, in: file) }
    }

    /// The boxes to read the children of, with the parent that each must have, so that the depth is limited.
    private static let nesting: [FourCC: FourCC] = ["mdia": "trak", "minf": "mdia", "stbl": "minf"]

    private mutating func read(_ parent: Box, in file: ProbedFile) throws(ProbeInterruption) {
        var position = parent.content
        // A box has at least 8 bytes, so the position grows.
        while position < parent.end {
            // Other tracks don't matter, and the rest of a known one isn't worth a read.
            if let handler, handler != "vide", handler != "soun" { return }
            if handler != nil, description != nil, file.loaded(at: position, count: 8) == nil { return }
            guard let box = try file.box(at: position, limit: parent.end) else { return }
            switch box.type {
            case let type where Self.nesting[type] == parent.type: try read(box, in: file)
            case "tkhd": try readTrackHeader(box, in: file)
            case "mdhd":
                let times = try MediaTimes(file, box)
                (scale, duration) = (times?.scale ?? 0, times?.seconds)
            case "hdlr":
                // The handler of the data (`minf`) isn't that of the media.
                if parent.type == "mdia" {
                    handler = try file.load(at: box.content + 8, count: 4).map { FourCC($0) }
                }
            case "stsd": description = box
            case "stts": times = box
            default: break
            }
            position = box.end
        }
    }

    private mutating func readTrackHeader(_ box: Box, in file: ProbedFile) throws(ProbeInterruption) {
        guard let version = try file.integer(at: box.content, count: 1) else { return }
        let offset = box.content + (version == 1 ? 52 : 40)
        matrix = try DisplayMatrix(file, at: offset) ?? .identity
        // The display size as 16.16 numbers, for descriptions without a size.
        setSize(try file.integer(at: offset + 36, count: 2), try file.integer(at: offset + 40, count: 2))
    }

    private mutating func readDescription(_ box: Box, in file: ProbedFile) throws(ProbeInterruption) {
        guard let count = try file.integer(at: box.content + 4, count: 4), count > 0,
            let entry = try file.box(at: box.content + 8, limit: box.end)
        else { return }
        if handler == "soun" {
            codec = try SampleEntry.audioCodec(entry, of: box, in: file)
        } else if handler == "vide" {
            codec = try SampleEntry.videoCodec(entry, in: file)
            setSize(
                try file.integer(at: entry.content + 24, count: 2), try file.integer(at: entry.content + 26, count: 2))
        }
    }

    private mutating func setSize(_ newWidth: UInt64?, _ newHeight: UInt64?) {
        guard let newWidth, let newHeight, newWidth > 0, newHeight > 0 else { return }
        (width, height) = (Int(newWidth), Int(newHeight))
    }

    /// Reads the number of samples and their durations, if that doesn't take a read.
    private mutating func readTimes(_ box: Box, in file: ProbedFile) throws(ProbeInterruption) {
        guard let count = try file.integer(at: box.content + 4, count: 4), count > 0 else { return }
        hasSamples = true
        guard handler == "vide", scale > 0, count <= UInt64(MediaProbe.maximumBytes / 8),
            Int64(count) * 8 <= box.end - box.content - 8,
            let table = file.loaded(at: box.content + 8, count: Int(count) * 8)
        else { return }
        var (samples, ticks) = (0.0, 0.0)
        for start in stride(from: table.startIndex, to: table.endIndex, by: 8) {
            let number = Double(table[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
            samples += number
            ticks += number * Double(table[start + 4..<start + 8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
        }
        if samples > 0, ticks > 0 { frameRate = FrameRate.rounded(samples * Double(scale) / ticks) }
    }
}
#endif
