#if Storage
internal import Synchronization

/// How an object is divided into the ranges of a download.
struct DownloadRanges: Sendable {
    /// The lengths that ranges may have: 64 KiB to 1 GiB.
    static let lengths: ClosedRange<Int64> = 64 * 1024...1024 * 1024 * 1024

    let size: Int64
    let length: Int64
    /// Where the first begins: bytes before it are not wanted.
    var start: Int64 = 0

    var count: Int { size > start ? Int((size - start - 1) / length) + 1 : 0 }

    /// The positions of a range's first and last bytes.
    subscript(index: Int) -> ClosedRange<Int64> {
        let first = start + Int64(index) * length
        return first...first + min(length, size - first) - 1
    }

    func bytes(of index: Int) -> Int64 { self[index].upperBound - self[index].lowerBound + 1 }
}

/// Hands out ranges in their order, each to one task.
final class RangeQueue: Sendable {
    private let count: Int
    private let finished: Set<Int>
    private let position = Mutex(0)

    init(_ ranges: DownloadRanges, skipping finished: Set<Int>) {
        count = ranges.count
        self.finished = finished
    }

    /// The next range; `nil` if there is none left.
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
