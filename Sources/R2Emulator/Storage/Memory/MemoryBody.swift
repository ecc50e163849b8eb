#if Emulator
internal import NIOCore

/// A body in memory, in the pieces in which it arrived.
final class MemoryBody: StoredBody {
    let length: Int64
    /// The pieces, each with the position of its first byte.
    private let pieces: [(start: Int64, bytes: ByteBuffer)]
    private let shares: [MemoryShare]

    init(_ pieces: [ByteBuffer], _ share: MemoryShare) {
        var start: Int64 = 0
        self.pieces = pieces.map { piece in
            defer { start += Int64(piece.readableBytes) }
            return (start, piece)
        }
        length = start
        shares = [share]
    }

    /// Creates a body from others, in order, without a copy of their bytes.
    init(joining bodies: [MemoryBody]) {
        var start: Int64 = 0
        var pieces: [(Int64, ByteBuffer)] = []
        for body in bodies {
            pieces += body.pieces.map { (start + $0.start, $0.bytes) }
            start += body.length
        }
        self.pieces = pieces
        length = start
        shares = bodies.flatMap(\.shares)
    }

    func read(_ range: Range<Int64>, _ consume: (ByteBuffer) async throws -> Void) async throws {
        var position = range.lowerBound
        var index = firstIndex(at: position)
        while position < range.upperBound, index < pieces.count {
            let (start, bytes) = pieces[index]
            let offset = Int(position - start)
            let count = min(bytes.readableBytes - offset, Int(range.upperBound - position))
            if count > 0, let slice = bytes.getSlice(at: bytes.readerIndex + offset, length: count) {
                try await consume(slice)
            }
            position += Int64(count)
            index += 1
        }
    }

    /// Returns the index of the piece that contains a position.
    private func firstIndex(at position: Int64) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].start + Int64(pieces[middle].bytes.readableBytes) <= position {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}

/// A writer that collects pieces.
struct MemoryWriter: BodyWriter {
    private let share: MemoryShare
    private var pieces: [ByteBuffer] = []
    private var tail = ByteBuffer()

    /// The size from which a piece can be kept as it arrived.
    ///
    /// Smaller ones are copied together, because a slice keeps the whole buffer that the connection read into.
    private static let ownPiece = 32_768

    /// Returns a Boolean value that indicates whether a piece uses most of the memory that it keeps.
    private static func canKeep(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytes >= ownPiece && bytes.readableBytes >= bytes.storageCapacity / 4 * 3
    }

    init(_ budget: MemoryBudget) { share = MemoryShare(budget) }

    mutating func write(_ bytes: ByteBuffer) throws {
        try share.grow(by: Int64(bytes.readableBytes))
        if Self.canKeep(bytes) {
            closeTail()
            pieces.append(bytes)
        } else {
            tail.writeImmutableBuffer(bytes)
            if tail.readableBytes >= Self.ownPiece { closeTail() }
        }
    }

    mutating func finish() -> any StoredBody {
        closeTail()
        return MemoryBody(pieces, share)
    }

    private mutating func closeTail() {
        guard tail.readableBytes > 0 else { return }
        pieces.append(tail)
        tail = ByteBuffer()
    }
}
#endif
