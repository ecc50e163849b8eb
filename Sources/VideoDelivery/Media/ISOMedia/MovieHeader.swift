#if Delivery
/// The properties in the `moov` box of an MP4 or QuickTime file.
struct MovieHeader {
    /// The duration in seconds, or `nil` if it's zero or unknown.
    private(set) var duration: Double?
    /// The duration of all fragments in seconds, if the box `mehd` states it.
    private(set) var fragmentDuration: Double?
    private(set) var matrix = DisplayMatrix.identity
    /// A Boolean value that indicates whether the file may have fragments (`mvex`).
    private(set) var hasFragments = false
    /// The first video track.
    private(set) var video: MovieTrack?
    /// The first audio track.
    private(set) var audio: MovieTrack?
    private(set) var hasTracks = false
    /// A Boolean value that indicates whether a track has samples outside fragments.
    private(set) var hasSamples = false
    /// The duration of the longest track in seconds.
    private(set) var longestTrack: Double?

    /// Reads the box without its long tables.
    ///
    /// The rest of a long box is left out once a video track and an audio track with samples are known.
    init(_ file: ProbedFile, _ movie: Box) throws(ProbeInterruption) {
        var scale: UInt64 = 0
        var extends: Box?
        var position = movie.content
        while position < movie.end {
            if video?.hasSamples == true, audio != nil, file.loaded(at: position, count: 8) == nil { break }
            guard let box = try file.box(at: position, limit: movie.end) else { break }
            position = box.end
            switch box.type {
            case "mvhd":
                let times = try MediaTimes(file, box)
                scale = times?.scale ?? 0
                duration = times?.seconds
                matrix = try DisplayMatrix(file, at: box.content + (times?.isLong == true ? 48 : 36)) ?? .identity
            case "trak": note(try MovieTrack(file, box))
            case "mvex": extends = box
            default: break
            }
        }
        guard let extends else { return }
        hasFragments = true
        var ticks: UInt64?
        try file.forEachBox(from: extends.content, to: extends.end) { (box) throws(ProbeInterruption) in
            guard box.type == "mehd", let version = try file.integer(at: box.content, count: 1) else { return true }
            ticks = try file.integer(at: box.content + 4, count: version == 0 ? 4 : 8)
            return false
        }
        if let ticks, ticks > 0, scale > 0 { fragmentDuration = Double(ticks) / Double(scale) }
    }

    private mutating func note(_ track: MovieTrack) {
        if track.handler != nil { hasTracks = true }
        if track.hasSamples { hasSamples = true }
        if let duration = track.duration { longestTrack = max(longestTrack ?? 0, duration) }
        if track.handler == "vide", video == nil { video = track }
        if track.handler == "soun", audio == nil { audio = track }
    }
}

/// The time scale and the duration, which `mvhd` and `mdhd` have in the same place.
struct MediaTimes {
    /// A Boolean value that indicates whether times have 64 bits.
    let isLong: Bool
    /// The number of ticks per second, at least 1.
    let scale: UInt64
    /// The duration, or `nil` if it's zero or unknown.
    let seconds: Double?

    init?(_ file: ProbedFile, _ box: Box) throws(ProbeInterruption) {
        guard let version = try file.integer(at: box.content, count: 1) else { return nil }
        isLong = version == 1
        guard let scale = try file.integer(at: box.content + (isLong ? 20 : 12), count: 4), scale > 0,
            let ticks = try file.integer(at: box.content + (isLong ? 24 : 16), count: isLong ? 8 : 4)
        else { return nil }
        self.scale = scale
        let isUnknown = ticks == 0 || ticks == (isLong ? UInt64.max : UInt64(UInt32.max))
        seconds = isUnknown ? nil : Double(ticks) / Double(scale)
    }
}

/// The part of a transformation matrix that rotates.
struct DisplayMatrix {
    static let identity = DisplayMatrix(a: 1, b: 0, c: 0, d: 1)

    private let a, b, c, d: Double

    private init(a: Double, b: Double, c: Double, d: Double) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// Reads a matrix of nine numbers, of which every third isn't needed.
    init?(_ file: ProbedFile, at offset: Int64) throws(ProbeInterruption) {
        var numbers: [Double] = []
        for index: Int64 in [0, 1, 3, 4] {
            guard let number = try file.integer(at: offset + index * 4, count: 4) else { return nil }
            numbers.append(Double(Int32(truncatingIfNeeded: number)) / 65536)
        }
        self.init(a: numbers[0], b: numbers[1], c: numbers[2], d: numbers[3])
    }

    func followed(by other: DisplayMatrix) -> DisplayMatrix {
        DisplayMatrix(
            a: a * other.a + b * other.c, b: a * other.b + b * other.d, c: c * other.a + d * other.c,
            d: c * other.b + d * other.d)
    }

    /// The nearest of 0, 90, 180 and 270 degrees clockwise.
    var rotation: Int {
        if abs(a) >= abs(b) { return a >= 0 ? 0 : 180 }
        return b > 0 ? 90 : 270
    }
}
#endif
