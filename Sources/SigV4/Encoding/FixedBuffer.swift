/// A sink over memory that somebody else owns, which never writes past its end.
///
/// When something does not fit, it is left out and ``overflowed`` is set: the caller then discards what was written.
struct FixedBuffer: ByteSink {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private(set) var overflowed = false

    /// Writes into `memory`, which must stay valid for as long as the buffer is used.
    @inline(__always)
    init(_ memory: UnsafeMutableBufferPointer<UInt8>) { self.memory = memory }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        guard count < memory.count else {
            overflowed = true
            return
        }
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
        guard bytes.count <= memory.count - count else {
            overflowed = true
            return
        }
        (target + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func append(word bytes: UInt64, count written: Int) {
        // All eight are stored where there is room; what is too many is overwritten by what comes next.
        guard 8 <= memory.count - count else {
            for index in 0..<UInt64(written) { append(UInt8(truncatingIfNeeded: bytes >> (8 * index))) }
            return
        }
        UnsafeMutableRawBufferPointer(memory).storeBytes(of: bytes.littleEndian, toByteOffset: count, as: UInt64.self)
        count += written
    }

    /// The bytes written so far.
    @inline(__always)
    var written: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(memory)[..<count])
    }
}
