#if Delivery
/// The reason why parsing can't continue.
enum ProbeInterruption: Error {
    /// Bytes that haven't been read yet are needed.
    case read(offset: Int64, length: Int)
    case failed(MediaProbe.Failure)
}

/// The parts of a file that a probe has read, and what it may still read.
///
/// Parsers work as if the whole file was in memory. A byte that's missing throws ``ProbeInterruption/read``, and after
/// the read, parsing starts again. The limits on reads bound the repeated work.
struct ProbedFile: Sendable {
    /// The number of bytes in the first read.
    static let firstRead = 16_384
    /// The number of bytes in later reads, unless the parser expects to need fewer.
    static let usualRead = 32_768
    /// The number of bytes in a read for the header of a box whose content doesn't matter.
    static let headerRead = 1_024

    private struct Window {
        let start: Int64
        var bytes: [UInt8]
        var end: Int64 { start + Int64(bytes.count) }
    }

    /// The size in bytes, from 0 to 2^60, so that sums of positions don't overflow.
    private(set) var size: Int64
    private var windows: [Window] = []
    private var readsLeft = MediaProbe.maximumReads
    private var bytesLeft = MediaProbe.maximumBytes

    init(size: Int64) { self.size = min(max(size, 0), 1 << 60) }

    /// Adds the bytes of a read.
    mutating func insert(_ bytes: [UInt8], at offset: Int64, requested: Int) {
        readsLeft -= 1
        bytesLeft -= requested
        let bytes = bytes.prefix(requested)
        if bytes.count < requested { endFile(at: offset + Int64(bytes.count)) }
        var window = Window(start: offset, bytes: Array(bytes))
        if let index = windows.firstIndex(where: { $0.start == window.end }) {
            window.bytes += windows.remove(at: index).bytes
        }
        if let index = windows.firstIndex(where: { $0.end == offset }) {
            windows[index].bytes += window.bytes
        } else {
            windows.append(window)
        }
    }

    private mutating func endFile(at end: Int64) {
        size = min(size, end)
        windows.removeAll { $0.start >= end }
        for index in windows.indices where windows[index].end > end {
            windows[index].bytes.removeLast(Int(windows[index].end - end))
        }
    }

    /// Returns a range that has been read, or `nil` if some of it hasn't.
    func loaded(at offset: Int64, count: Int) -> ArraySlice<UInt8>? {
        guard offset >= 0, count >= 0, offset <= size, Int64(count) <= size - offset else { return nil }
        for window in windows where window.start <= offset && offset + Int64(count) <= window.end {
            let first = Int(offset - window.start)
            return window.bytes[first..<first + count]
        }
        return nil
    }

    /// Returns the end of the bytes that have been read from an offset, or `offset` if it hasn't been read.
    func loadedEnd(from offset: Int64) -> Int64 {
        windows.lazy.filter { $0.start <= offset && offset < $0.end }.map(\.end).max() ?? offset
    }

    /// Returns a range of the file.
    /// - Parameters:
    ///   - offset: The position of the first byte.
    ///   - count: The number of bytes.
    ///   - readAhead: The number of bytes to read at once if they are missing.
    /// - Returns: The bytes, or `nil` if the file ends within the range or the limits don't allow another read.
    /// - Throws: ``ProbeInterruption/read(offset:length:)`` if bytes are missing.
    func load(
        at offset: Int64, count: Int, readAhead: Int = ProbedFile.usualRead
    ) throws(ProbeInterruption) -> ArraySlice<UInt8>? {
        guard count > 0 else { return [] }
        if let bytes = loaded(at: offset, count: count) { return bytes }
        guard offset >= 0, offset <= size, Int64(count) <= size - offset, readsLeft > 0 else { return nil }
        // The sum is at most `size`, as checked above.
        let end = offset + Int64(count)
        let start = loadedEnd(from: offset)
        // Bytes that have been read already aren't read again.
        let next = windows.map(\.start).filter { $0 > start }.min() ?? size
        let needed = min(end, next) - start
        let length = min(max(needed, Int64(readAhead)), next - start, Int64(bytesLeft))
        guard length >= needed else { return nil }
        throw .read(offset: start, length: Int(length))
    }

    /// Returns a big-endian number of 1 to 8 bytes, or `nil` as ``load(at:count:readAhead:)``.
    func integer(at offset: Int64, count: Int) throws(ProbeInterruption) -> UInt64? {
        try load(at: offset, count: count).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
    }

    /// A Boolean value that indicates whether no more reads are allowed.
    var isExhausted: Bool { readsLeft == 0 || bytesLeft == 0 }
}
#endif
