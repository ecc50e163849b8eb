#if Delivery
/// A parser of MPEG-2 transport streams.
///
/// A transport stream has no header for the whole file. The first packets tell the codecs and the size of the picture,
/// and the last ones the duration. A stream that was cut off looks like a shorter one.
struct TransportStreamFile {
    /// The maximum number of bytes to search for headers at the start.
    private static let headLimit = 114_688
    /// The numbers of bytes to search for timestamps at the end, one after the other.
    private static let tailLengths: [Int64] = [32_768, 98_304]

    private let file: ProbedFile
    private let layout: PacketLayout
    private var map = ProgramMap()
    private var streams: [UInt16: PacketizedStream] = [:]

    /// Creates a parser, or returns `nil` if the file doesn't consist of packets.
    init?(_ file: ProbedFile) throws(ProbeInterruption) {
        let count = min(file.size, Int64(PacketLayout.detectionLength))
        guard let start = try file.load(at: 0, count: Int(count), readAhead: ProbedFile.firstRead),
            let layout = PacketLayout(start)
        else { return nil }
        self.file = file
        self.layout = layout
    }

    func parse() throws(ProbeInterruption) -> MediaInfo {
        var copy = self
        return try copy.read()
    }

    private mutating func read() throws(ProbeInterruption) -> MediaInfo {
        let headEnd = file.loadedEnd(from: 0)
        let head = file.loaded(at: 0, count: Int(headEnd)) ?? []
        layout.forEachPacket(in: head, at: 0) { map.read($0) }
        collect(head, at: 0)
        let found = map.streams
        let video = found.first { $0.isVideo }
        let audio = found.first { !$0.isVideo }
        let header = video.flatMap { stream in
            stream.codec.flatMap { VideoHeader(codec: $0, stream: streams[stream.id]?.bytes ?? []) }
        }
        let audioCodec = audio.flatMap { $0.codec ?? streams[$0.id]?.audioLayerCodec }
        let needsHeader = header == nil && video?.codec.map(VideoHeader.codecs.contains) == true
        if !map.isComplete || needsHeader || (audio != nil && audioCodec == nil) || startTime == nil,
            headEnd < min(file.size, Int64(Self.headLimit))
        {
            // Throws, unless the limits are reached.
            _ = try file.load(at: headEnd, count: 1)
        }
        guard !found.isEmpty else {
            throw .failed(.notAVideo("The transport stream has no program with video or audio at its start."))
        }
        return MediaInfo(
            container: .mpegTS, duration: try duration(), width: header?.width,
            height: header?.height, frameRate: header?.frameRate, videoCodec: video?.codec, audioCodec: audioCodec,
            hasVideo: video != nil, hasAudio: audio != nil)
    }

    private mutating func collect(_ bytes: ArraySlice<UInt8>, at offset: Int64) {
        guard !map.streams.isEmpty else { return }
        var streams = Dictionary(map.streams.map { ($0.id, PacketizedStream()) }) { first, _ in first }
        layout.forEachPacket(in: bytes, at: offset) { streams[$0.id]?.read($0) }
        self.streams = streams
    }

    // MARK: Duration

    /// The earliest timestamp among the streams.
    private var startTime: UInt64? { streams.values.compactMap { $0.units.first?.time }.min() }

    private mutating func duration() throws(ProbeInterruption) -> Double? {
        guard let start = startTime else { return nil }
        for length in Self.tailLengths {
            let offset = max(0, file.size - length)
            let count = Int(file.size - offset)
            guard let tail = try file.load(at: offset, count: count, readAhead: count) else { return nil }
            collect(tail, at: offset)
            let ends = map.streams.compactMap { streams[$0.id]?.end(after: start, isVideo: $0.isVideo) }
            if let end = ends.max() { return end > 0 ? Double(end) / 90_000 : nil }
            if offset == 0 { break }
        }
        return nil
    }
}
#endif
