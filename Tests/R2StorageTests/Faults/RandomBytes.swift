#if Storage
import NIOCore
import TestSupport

/// Bytes of which no two parts of an object are alike, made quickly.
enum RandomBytes {
    /// A prime number: no part's size is a multiple of it.
    private static let period = 1_000_003

    static func buffer(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
        var generator = SeededGenerator(seed: seed)
        let words = (0..<min(count, period) / 8 + 1).map { _ in generator.next() }
        var buffer = ByteBufferAllocator().buffer(capacity: count + period)
        words.withUnsafeBytes { block in
            let block = UnsafeRawBufferPointer(rebasing: block.prefix(period))
            while buffer.readableBytes < count { buffer.writeBytes(block) }
        }
        buffer.moveWriterIndex(to: count)
        return buffer
    }
}
#endif
