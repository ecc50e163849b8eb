#if Delivery
/// A parser of MP4 and QuickTime files.
///
/// It walks the boxes of the file by their headers, in any order, and then reads the `moov` box.
///
/// Source: ISO/IEC 14496-12, and Apple's "QuickTime File Format".
struct MovieFile {
    private let file: ProbedFile
    private var brand: FourCC?
    private var movie: Box?
    private var index = SegmentIndex()
    private var isFastStart = false
    private var hasMedia = false
    private var hasFragments = false
    private var hasUnindexedFragments = false
    private var hasImages = false
    /// A Boolean value that indicates whether the headers of all boxes have been read, or skipped with the index.
    private var isWalkComplete = false

    init(_ file: ProbedFile) { self.file = file }

    /// Returns a Boolean value that indicates whether a file starts with a box that movies start with.
    static func isRecognized(_ start: ArraySlice<UInt8>) -> Bool {
        let first: Set<FourCC> = ["ftyp", "moov", "mdat", "wide", "free", "skip", "pnot", "styp", "moof"]
        return start.count >= 8 && first.contains(FourCC(start.dropFirst(4)))
    }

    func parse() throws(ProbeInterruption) -> MediaInfo {
        var copy = self
        try copy.walk()
        guard let movie = copy.movie else { throw .failed(copy.failureWithoutMovie) }
        let header = try MovieHeader(file, movie)
        guard header.hasTracks else {
            throw .failed(.notAVideo("The movie header (moov) has no tracks that can be read."))
        }
        return copy.info(header)
    }

    // MARK: Top-level boxes

    private mutating func walk() throws(ProbeInterruption) {
        var position: Int64 = 0
        while position < file.size {
            // Fragments without an index would take a read each.
            let isLong = hasUnindexedFragments || index.isDivided
            if isLong, movie != nil, file.loaded(at: position, count: 16) == nil { return }
            let readAhead = movie == nil ? ProbedFile.usualRead : ProbedFile.headerRead
            let box = try file.box(at: position, limit: file.size, isTopLevel: true, readAhead: readAhead)
            guard let box, box.type.isPrintable else { return }
            if box.isCut {
                // Whatever follows a whole movie may be no box at all.
                if movie != nil, hasMedia, !Self.types.contains(box.type) { return }
                throw .failed(.truncated("The file ends within the box \(box.type.text ?? "without a name")."))
            }
            try note(box)
            position = box.end
            if box.type == "moof" {
                if let end = index.end, end > position { position = end } else { hasUnindexedFragments = true }
            }
        }
        isWalkComplete = true
    }

    private static let types: Set<FourCC> = ["moov", "mdat", "moof", "sidx", "mfra", "free", "skip", "wide", "meta"]

    private mutating func note(_ box: Box) throws(ProbeInterruption) {
        switch box.type {
        case "ftyp":
            if brand == nil { brand = try file.load(at: box.content, count: 4).map { FourCC($0) } }
        case "moov":
            if movie == nil { (movie, isFastStart) = (box, !hasMedia) }
        case "mdat": hasMedia = true
        case "moof":
            hasFragments = true
            if movie == nil {
                throw .failed(.notAVideo("The file is a fragment. Its initialization segment (moov) is missing."))
            }
        case "sidx": try index.add(box, in: file)
        case "meta": hasImages = true
        default: break
        }
    }

    private var failureWithoutMovie: MediaProbe.Failure {
        if hasImages { return .notAVideo("The file has no movie header (moov). It may be a still image.") }
        if file.isExhausted, !isWalkComplete {
            return .notAVideo("No movie header (moov) was found within \(MediaProbe.maximumReads) reads.")
        }
        if hasMedia { return .truncated("The file has media data, but no movie header (moov).") }
        return .truncated("The file ends before its movie header (moov).")
    }

    // MARK: Result

    private func info(_ header: MovieHeader) -> MediaInfo {
        let video = header.video
        return MediaInfo(
            container: brand == nil || brand == "qt  " ? .mov : .mp4,
            duration: duration(header), width: video?.width, height: video?.height,
            rotation: video.map { $0.matrix.followed(by: header.matrix).rotation } ?? 0,
            frameRate: isFragmented(header) ? nil : video?.frameRate,
            videoCodec: video?.codec, audioCodec: header.audio?.codec, hasVideo: video != nil,
            hasAudio: header.audio != nil, isFastStart: isFastStart, isFragmented: isFragmented(header))
    }

    private func isFragmented(_ header: MovieHeader) -> Bool {
        // A header that announces fragments may have none after it.
        hasFragments || index.end != nil || (header.hasFragments && !isWalkComplete)
    }

    private func duration(_ header: MovieHeader) -> Double? {
        guard isFragmented(header) else { return header.duration ?? header.longestTrack }
        // The movie header of a fragmented file doesn't count the fragments, if it has samples of its own.
        let own = header.hasSamples ? nil : header.duration
        return header.fragmentDuration ?? (isWalkComplete && !hasUnindexedFragments ? index.duration : nil) ?? own
    }
}
#endif
