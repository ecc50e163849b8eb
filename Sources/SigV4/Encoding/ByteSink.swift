/// Somewhere that bytes are written to, one after the other.
///
/// The general signer writes into arrays, the fast one into memory of a size known beforehand;
/// both use the encoders below.
protocol ByteSink {
    mutating func append(_ byte: UInt8)
    mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>)
    /// Writes the first `count` of eight bytes, the least significant first.
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

    /// Writes a number of zero or more in decimal digits.
    mutating func appendDecimal(_ number: Int) {
        guard number >= 100_000_000 else { return appendDigits(UInt32(truncatingIfNeeded: number), atLeast: 1) }
        appendDecimal(number / 100_000_000)
        appendDigits(UInt32(truncatingIfNeeded: number % 100_000_000), atLeast: 8)
    }

    /// Writes a number of up to eight digits, with zeros in front if it has fewer than wanted.
    @inline(__always)
    private mutating func appendDigits(_ number: UInt32, atLeast minimumCount: Int) {
        // Digits come out last first: gather them in a word, and write the word from its other end.
        var rest = number
        var digits: UInt64 = 0
        var count = 0
        while count < minimumCount || rest > 0 {
            digits = digits << 8 | UInt64(48 &+ rest % 10)
            rest /= 10
            count &+= 1
        }
        append(word: digits, count: count)
    }

    /// Writes a number from 0 to 99 as two digits.
    mutating func appendTwoDigits(_ number: Int) {
        append(UInt8(truncatingIfNeeded: 48 + number / 10))
        append(UInt8(truncatingIfNeeded: 48 + number % 10))
    }
}

extension String {
    /// The text's UTF-8, without a copy for every string that is kept as UTF-8, which all native ones are.
    @inline(__always)
    func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var native = self
        return native.withUTF8(body)
    }
}
