/// Lower-case hexadecimal digits.
enum Hexadecimal {
    /// The eight digits of four bytes, all at once.
    /// - Parameter bytes: Four bytes, the first in memory as the least significant.
    /// - Returns: Eight ASCII digits, the first to be written as the least significant byte.
    @inline(__always)
    static func digits(of bytes: UInt32) -> UInt64 {
        // Give every byte 16 bits, then every half byte 8, the upper half first in memory.
        var halves = UInt64(bytes)
        halves = (halves | halves << 16) & 0x0000_FFFF_0000_FFFF
        halves = (halves | halves << 8) & 0x00FF_00FF_00FF_00FF
        halves = (halves >> 4 | halves << 8) & 0x0F0F_0F0F_0F0F_0F0F
        // A half of 10 or more overflows into the next 16 when 6 is added: it gets a letter, 39 behind the digits.
        let letters = (halves &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return halves &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }
}

extension ByteSink {
    /// Writes a digest, or other bytes whose count is a multiple of four, as hexadecimal digits.
    @inline(__always)
    mutating func appendHex(_ bytes: UnsafeRawBufferPointer) {
        assert(bytes.count.isMultiple(of: 4))
        var offset = 0
        while offset < bytes.count {
            let four = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            append(word: Hexadecimal.digits(of: four), count: 8)
            offset &+= 4
        }
    }
}
