#if Storage
internal import Synchronization

/// The division of an object into the ranges of a download.
struct DownloadRanges: Sendable {
    /// The allowed range lengths: 64 KiB to 1 GiB.
    static let lengths: ClosedRange<Int64> = 64 * 1024...1024 * 1024 * 1024

    /// The object's size, in bytes.
    let size: Int64
    /// The length of each range except the last, in bytes.
    let length: Int64
    /// The offset of the first range.
    ///
    /// Bytes before it aren't needed.
    var start: Int64 = 0

    /// The number of ranges.
    var count: Int { size > start ? Int((size - start - 1) / length) + 1 : 0 }

    /// The positions of a range's first and last bytes.
    subscript(index: Int) -> ClosedRange<Int64> {
        let first = start + Int64(index) * length
        return first...first + min(length, size - first) - 1
    }

    /// Returns the length of one range, in bytes.
    func length(of index: Int) -> Int64 { self[index].upperBound - self[index].lowerBound + 1 }
}

/// A queue of the ranges of a download.
///
/// Each range goes to one task.
final class RangeQueue: Sendable {
    private let count: Int
    private let finished: Set<Int>
    private let position = Mutex(0)

    init(_ ranges: DownloadRanges, skipping finished: Set<Int>) {
        count = ranges.count
        self.finished = finished
    }

    /// Returns the next range, or `nil` at the end.
    func next() -> Int? {
        position.withLock { position in
            while position < count, finished.contains(position) { position += 1 }
            guard position < count else { return nil }
            defer { position += 1 }
            return position
        }
    }
}
#endif
