#if Delivery
/// A parser of Matroska and WebM files (RFC 9559).
///
/// It reads the information and the tracks, which usually precede the first cluster. If they don't, it follows the seek
/// head to them, or skips clusters.
struct MatroskaFile {
    private enum ID {
        static let header: UInt32 = 0x1A45_DFA3
        static let docType: UInt32 = 0x4282
        static let segment: UInt32 = 0x1853_8067
        static let seekHead: UInt32 = 0x114D_9B74
        static let seek: UInt32 = 0x4DBB
        static let seekID: UInt32 = 0x53AB
        static let seekPosition: UInt32 = 0x53AC
        static let info: UInt32 = 0x1549_A966
        static let timestampScale: UInt32 = 0x2AD7B1
        static let duration: UInt32 = 0x4489
        static let tracks: UInt32 = 0x1654_AE6B
        static let trackEntry: UInt32 = 0xAE
        static let cluster: UInt32 = 0x1F43_B675
        static let level1: Set<UInt32> = [
            seekHead, info, tracks, cluster, 0x1C53_BB6B, 0x1254_C367, 0x1941_A469, 0x1043_A770,
        ]
    }

    private let file: ProbedFile
    private var scale: UInt64 = 1_000_000
    private var ticks: Double?
    private var tracks: [MatroskaTrack] = []
    private var hasInfo = false
    private var hasTracks = false
    private var positions: [UInt32: Int64] = [:]

    init(_ file: ProbedFile) { self.file = file }

    /// Returns a Boolean value that indicates whether a file starts with an EBML header.
    static func isRecognized(_ start: ArraySlice<UInt8>) -> Bool { start.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) }

    func parse() throws(ProbeInterruption) -> MediaInfo {
        guard let header = try file.element(at: 0, limit: file.size), !header.isCut else {
            throw .failed(.truncated("The file ends within its EBML header."))
        }
        guard !header.hasUnknownSize, let type = try documentType(header) else {
            throw .failed(.notAVideo("The EBML header has no document type."))
        }
        guard let container = ["webm": MediaInfo.Container.webm, "matroska": .matroska][type] else {
            throw .failed(.notAVideo("The EBML document type is neither webm nor matroska."))
        }
        var copy = self
        try copy.readSegment(after: header.end)
        guard !copy.tracks.isEmpty else { throw .failed(.notAVideo("The file has no tracks that can be read.")) }
        return copy.info(container)
    }

    private func documentType(_ header: EBMLElement) throws(ProbeInterruption) -> String? {
        var type: String?
        try forEachElement(in: header) { (element) throws(ProbeInterruption) in
            if element.id == ID.docType { type = try file.string(element) }
        }
        return type
    }

    // MARK: Elements

    private mutating func readSegment(after start: Int64) throws(ProbeInterruption) {
        var position = start
        var found: EBMLElement?
        while found == nil {
            guard position < file.size, let element = try file.element(at: position, limit: file.size) else {
                throw .failed(.truncated("The file ends before its segment."))
            }
            if element.isCut { throw .failed(.truncated("The file ends within its segment.")) }
            if element.id == ID.segment { found = element }
            position = element.id == ID.segment ? element.content : element.end
        }
        guard let segment = found else { return }
        while !hasInfo || !hasTracks, position < segment.end {
            guard let element = try file.element(at: position, limit: segment.end) else { break }
            if element.isCut { throw .failed(.truncated("The file ends within one of its elements.")) }
            guard let next = try read(element, of: segment), next > position else { break }
            position = next
        }
        guard hasTracks else {
            if position >= segment.end { throw .failed(.truncated("The file ends before its tracks.")) }
            throw .failed(.notAVideo("No tracks were found within \(MediaProbe.maximumReads) reads."))
        }
    }

    /// Reads an element of the segment.
    /// - Parameters:
    ///   - element: The element.
    ///   - segment: The segment, which seek positions are relative to.
    /// - Returns: The position of the next element to read, or `nil` if it isn't known.
    /// - Throws: ``ProbeInterruption/read(offset:length:)`` if bytes are missing.
    private mutating func read(
        _ element: EBMLElement, of segment: EBMLElement
    ) throws(ProbeInterruption) -> Int64? {
        switch element.id {
        case ID.seekHead:
            return try forEachElement(in: element) { (seek) throws(ProbeInterruption) in
                if seek.id == ID.seek { try readSeek(seek, from: segment) }
            }
        case ID.info:
            hasInfo = true
            return try forEachElement(in: element) { (child) throws(ProbeInterruption) in
                if child.id == ID.timestampScale { scale = try file.unsigned(child) ?? scale }
                if child.id == ID.duration { ticks = try file.float(child) }
            }
        case ID.tracks:
            hasTracks = true
            return try forEachElement(in: element) { (entry) throws(ProbeInterruption) in
                if entry.id == ID.trackEntry { tracks.append(try MatroskaTrack(file, entry)) }
            }
        case ID.cluster:
            let wanted = (hasTracks ? [] : [ID.tracks]) + (hasInfo ? [] : [ID.info])
            if let position = wanted.compactMap({ positions[$0] }).first(where: { $0 > element.content }) {
                return position
            }
            return element.hasUnknownSize ? nil : element.end
        default: return element.hasUnknownSize ? nil : element.end
        }
    }

    private mutating func readSeek(_ seek: EBMLElement, from segment: EBMLElement) throws(ProbeInterruption) {
        var (id, offset): (UInt64?, UInt64?)
        try forEachElement(in: seek) { (child) throws(ProbeInterruption) in
            if child.id == ID.seekID { id = try file.unsigned(child) }
            if child.id == ID.seekPosition { offset = try file.unsigned(child) }
        }
        guard let id, let offset, offset < UInt64(segment.end - segment.content) else { return }
        positions[UInt32(truncatingIfNeeded: id)] = segment.content + Int64(offset)
    }

    /// Calls a closure with the children of an element.
    /// - Returns: The end of the element.
    @discardableResult
    private func forEachElement(
        in parent: EBMLElement, _ body: (EBMLElement) throws(ProbeInterruption) -> Void
    ) throws(ProbeInterruption) -> Int64 {
        var position = parent.content
        // An element has at least 2 bytes, so the position grows.
        while position < parent.end, let element = try file.element(at: position, limit: parent.end) {
            if parent.hasUnknownSize, ID.level1.contains(element.id) { return position }
            try body(element)
            position = element.end
        }
        return parent.end
    }

    // MARK: Result

    private func info(_ container: MediaInfo.Container) -> MediaInfo {
        let video = tracks.first { $0.kind == .video }
        let audio = tracks.first { $0.kind == .audio }
        var duration = ticks.map { $0 * Double(scale) / 1_000_000_000 }
        if let value = duration, !value.isFinite || value <= 0 { duration = nil }
        return MediaInfo(
            container: container, duration: duration, width: video?.width, height: video?.height,
            frameRate: video?.frameRate, videoCodec: video?.codec, audioCodec: audio?.codec, hasVideo: video != nil,
            hasAudio: audio != nil)
    }
}
#endif
