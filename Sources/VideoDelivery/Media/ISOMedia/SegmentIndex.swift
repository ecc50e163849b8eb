#if Delivery
/// The duration of the fragments that segment index boxes (`sidx`) list.
struct SegmentIndex {
    /// The end of the last listed fragment.
    private(set) var end: Int64?
    /// A Boolean value that indicates whether a further index follows the fragments of the first one.
    private(set) var isDivided = false
    /// The sum of the durations that boxes list for a track, and the end of the last fragment that they list.
    private var tracks: [UInt32: (duration: Double, end: Int64)] = [:]

    /// The duration of the longest track in seconds, or `nil` if it's zero or unknown.
    var duration: Double? { tracks.values.map(\.duration).filter { $0 > 0 }.max() }

    /// Adds the fragments of a box.
    /// - Throws: A failure with the code `truncated` if a fragment extends beyond the end of the file.
    mutating func add(_ box: Box, in file: ProbedFile) throws(ProbeInterruption) {
        guard let version = try file.integer(at: box.content, count: 1) else { return }
        let isLong = version != 0
        let countPosition = box.content + (isLong ? 30 : 22)
        guard let track = try file.integer(at: box.content + 4, count: 4),
            let scale = try file.integer(at: box.content + 8, count: 4), scale > 0,
            let gap = try file.integer(at: box.content + (isLong ? 20 : 16), count: isLong ? 8 : 4),
            let count = try file.integer(at: countPosition, count: 2), gap <= UInt64(file.size)
        else { return }
        let entries = countPosition + 2
        guard Int64(count) * 12 <= box.end - entries else { return }
        var (bytes, duration): (UInt64, UInt64) = (0, 0)
        for number in 0..<Int64(count) {
            guard let entry = try file.load(at: entries + number * 12, count: 8) else { return }
            // The highest bit says that the entry is an index itself. At most 65,535 sums of 32 bits fit 48 bits.
            bytes += entry.prefix(4).reduce(0) { $0 << 8 | UInt64($1) } & 0x7FFF_FFFF
            duration += entry.suffix(4).reduce(0) { $0 << 8 | UInt64($1) }
        }
        // Positions and gaps are at most 2^60.
        let end = box.end + Int64(gap) + Int64(bytes)
        guard end <= file.size else {
            throw .failed(.truncated("The file ends before the last fragment of its index (sidx)."))
        }
        if let previous = self.end, box.start >= previous { isDivided = true }
        self.end = max(self.end ?? 0, end)
        // A box whose fragments begin within the range of an earlier one is an entry of it, which counts already.
        let known = tracks[UInt32(truncatingIfNeeded: track)] ?? (0, 0)
        guard box.end + Int64(gap) >= known.end else { return }
        let sum = known.duration + Double(duration) / Double(scale)
        tracks[UInt32(truncatingIfNeeded: track)] = (sum, end)
    }
}
#endif
