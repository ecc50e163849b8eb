/// A destination that bytes are appended to.
///
/// ``Signer`` writes into arrays, and `PresignMoment` into memory of a known size. Both use the same encoders.
protocol ByteSink {
    mutating func append(_ byte: UInt8)
    mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>)
    /// Appends the first `count` of eight bytes, starting with the least significant one.
    mutating func append(word bytes: UInt64, count: Int)
}

extension Array: ByteSink where Element == UInt8 {
    mutating func append(word bytes: UInt64, count: Int) {
        for index in 0..<UInt64(count) { append(UInt8(truncatingIfNeeded: bytes >> (8 * index))) }
    }
}

extension ByteSink {
    @inline(__always)
    mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func append(_ text: String) {
        text.withUTF8Bytes { append(contentsOf: $0) }
    }

    @inline(__always)
    mutating func append(bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }

    /// Appends a number of zero or more in decimal digits.
    mutating func appendDecimal(_ number: Int) {
        guard number >= 100_000_000 else { return appendDigits(UInt32(truncatingIfNeeded: number), atLeast: 1) }
        appendDecimal(number / 100_000_000)
        appendDigits(UInt32(truncatingIfNeeded: number % 100_000_000), atLeast: 8)
    }

    /// Appends a number of up to eight digits, with leading zeros up to the minimum count.
    @inline(__always)
    private mutating func appendDigits(_ number: UInt32, atLeast minimumCount: Int) {
        let digits = DecimalDigits.of(number)
        let zeros = min(digits.trailingZeroBitCount / 8, 8 - minimumCount)
        append(word: (digits | 0x3030_3030_3030_3030) >> UInt64(8 * zeros), count: 8 - zeros)
    }

    /// Appends a number from 0 to 99 as two digits.
    mutating func appendTwoDigits(_ number: Int) {
        append(UInt8(truncatingIfNeeded: 48 + number / 10))
        append(UInt8(truncatingIfNeeded: 48 + number % 10))
    }
}

enum DecimalDigits {
    /// Returns the eight digits of a number below 100,000,000 as values from 0 to 9, one in each byte.
    ///
    /// The first digit is in the least significant byte.
    @inline(__always)
    static func of(_ number: UInt32) -> UInt64 {
        // Each step halves the parts of the word: numbers of four digits, of two, and digits. Multiplying and shifting
        // divides all parts at once: by 100 for numbers up to 43,698, and by 10 for numbers up to 178.
        let fours = UInt64(number / 10_000) | UInt64(number % 10_000) << 32
        let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
        let pairs = hundreds | (fours &- hundreds &* 100) << 16
        let tens = (pairs &* 103) >> 10 & 0x000F_000F_000F_000F
        return tens | (pairs &- tens &* 10) << 8
    }
}

/// A sink over memory of the caller, which never writes past its end.
///
/// What doesn't fit is left out, and ``overflowed`` is set. The caller then discards the result.
struct FixedBuffer: ByteSink {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private(set) var overflowed = false

    /// Creates a buffer over memory that must stay valid as long as the buffer is used.
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
        // All eight are stored where there is room. The next bytes overwrite the surplus.
        guard 8 <= memory.count - count else {
            for index in 0..<UInt64(written) { append(UInt8(truncatingIfNeeded: bytes >> (8 * index))) }
            return
        }
        UnsafeMutableRawBufferPointer(memory).storeBytes(of: bytes.littleEndian, toByteOffset: count, as: UInt64.self)
        count += written
    }

    /// The bytes that have been written.
    @inline(__always)
    var written: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: UnsafeBufferPointer(memory)[..<count])
    }
}

/// A fast conversion to lowercase hexadecimal digits.
private enum HexadecimalDigits {
    /// Converts four bytes to eight digits at once.
    /// - Parameter bytes: Four bytes, the first in memory as the least significant one.
    /// - Returns: Eight ASCII digits, the first to be written as the least significant byte.
    @inline(__always)
    static func of(_ bytes: UInt32) -> UInt64 {
        // Spread bytes over 16 bits each, then half bytes over 8, the upper half first in memory.
        var halves = UInt64(bytes)
        halves = (halves | halves << 16) & 0x0000_FFFF_0000_FFFF
        halves = (halves | halves << 8) & 0x00FF_00FF_00FF_00FF
        halves = (halves >> 4 | halves << 8) & 0x0F0F_0F0F_0F0F_0F0F
        // Adding 6 to a half of 10 or more carries into bit 4: it becomes a letter, which is 39 beyond the digits.
        let letters = (halves &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return halves &+ 0x3030_3030_3030_3030 &+ letters &* 39
    }
}

extension ByteSink {
    /// Appends a digest, or other bytes whose count is a multiple of four, as hexadecimal digits.
    @inline(__always)
    mutating func appendHex(_ bytes: UnsafeRawBufferPointer) {
        assert(bytes.count.isMultiple(of: 4))
        var offset = 0
        while offset < bytes.count {
            let four = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            append(word: HexadecimalDigits.of(four), count: 8)
            offset &+= 4
        }
    }
}
