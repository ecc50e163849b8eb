#if Delivery
/// A reader of numbers with any number of bits.
///
/// After the end, all bits are zero, and ``isPastEnd`` is true.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0
    private(set) var isPastEnd = false

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Creates a reader of a NAL unit, without the bytes that keep it from containing start codes.
    init(unit: ArraySlice<UInt8>) {
        var content: [UInt8] = []
        var zeros = 0
        for byte in unit {
            if zeros >= 2, byte == 3 {
                zeros = 0
            } else {
                content.append(byte)
                zeros = byte == 0 ? zeros + 1 : 0
            }
        }
        bytes = content
    }

    mutating func bit() -> Bool {
        guard position < bytes.count * 8 else {
            isPastEnd = true
            return false
        }
        defer { position += 1 }
        return bytes[position / 8] & (0x80 >> UInt8(position % 8)) != 0
    }

    /// Returns a number of at most 32 bits.
    mutating func bits(_ count: Int) -> Int64 {
        var value: Int64 = 0
        for _ in 0..<count { value = value << 1 | (bit() ? 1 : 0) }
        return value
    }

    mutating func skip(_ count: Int) { for _ in 0..<count { _ = bit() } }

    /// Returns an Exp-Golomb number (`ue(v)`) of at most 32 bits.
    mutating func unsigned() -> Int64 {
        var zeros = 0
        while !bit() {
            zeros += 1
            guard zeros <= 31, !isPastEnd else {
                isPastEnd = true
                return 0
            }
        }
        return (1 << Int64(zeros)) - 1 + bits(zeros)
    }

    /// Returns a signed Exp-Golomb number (`se(v)`).
    mutating func signed() -> Int64 {
        let value = unsigned()
        return value % 2 == 0 ? -(value / 2) : value / 2 + 1
    }
}
#endif
