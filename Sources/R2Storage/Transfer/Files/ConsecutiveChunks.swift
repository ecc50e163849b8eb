#if Storage
internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Android)
internal import Android
#else
internal import Darwin
#endif

/// Chunks that are written one after the other, many of them with one system call.
struct ConsecutiveChunks {
    /// The maximum number of chunks per system call, of which systems accept 1,024.
    static let maximumCount = 64

    private var rest: ArraySlice<ByteBuffer>
    /// The position of the next byte.
    private var position: Int64

    /// Creates chunks that haven't been written.
    /// - Parameters:
    ///   - chunks: The chunks, in order.
    ///   - offset: The position of the first byte.
    init(_ chunks: [ByteBuffer], at offset: Int64) {
        rest = chunks[...]
        position = offset
    }

    /// Writes all chunks.
    /// - Parameter write: A closure that writes memory at a position and returns the number of bytes that it has
    ///   written, as `pwritev` does.
    /// - Throws: Any error that `write` throws.
    mutating func write(_ write: (_ memory: [iovec], _ position: Int64) throws -> Int) throws {
        while !rest.isEmpty {
            var memory: [iovec] = []
            let count = try withMemory(of: rest, &memory) { try write($0, position) }
            advance(by: count)
        }
    }

    /// Drops what has been written, which can end within a chunk.
    private mutating func advance(by count: Int) {
        position += Int64(count)
        var count = count
        while let first = rest.first, first.readableBytes <= count {
            count -= first.readableBytes
            rest.removeFirst()
        }
        if count > 0 { rest[rest.startIndex].moveReaderIndex(forwardBy: count) }
    }

    /// Passes the memory of the first chunks to a closure.
    private func withMemory(
        of chunks: ArraySlice<ByteBuffer>, _ memory: inout [iovec], _ body: ([iovec]) throws -> Int
    ) throws -> Int {
        guard let first = chunks.first, memory.count < Self.maximumCount else { return try body(memory) }
        return try first.withUnsafeReadableBytes { bytes in
            // The system only reads from the address, and the chunk stays in memory until `body` returns.
            memory.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count))
            return try withMemory(of: chunks.dropFirst(), &memory, body)
        }
    }
}
#endif
