#if Emulator
/// A reflected cyclic redundancy check of 32 or 64 bits, computed eight bytes at a time.
struct CyclicRedundancyCheck<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    private let tables: [Word]
    private var state = Word.max

    fileprivate init(tables: [Word]) { self.tables = tables }

    /// The checksum as bytes, most significant first.
    var bytes: [UInt8] {
        let value = ~state
        return (1...Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Word(Word.bitWidth - 8 * $0)) }
    }

    /// Adds bytes to the checksum.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        tables.withUnsafeBufferPointer { tables in
            var index = 0
            while index + 8 <= bytes.count {
                let next = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                // A word of 32 bits covers the first four of the eight bytes.
                let word = next ^ UInt64(truncatingIfNeeded: crc)
                crc = 0
                for byte in 0..<8 {
                    crc ^= tables[256 * (7 - byte) + Int(truncatingIfNeeded: word >> UInt64(8 * byte) & 0xFF)]
                }
                index += 8
            }
            while index < bytes.count {
                let entry = tables[Int(truncatingIfNeeded: (crc ^ Word(truncatingIfNeeded: bytes[index])) & 0xFF)]
                crc = crc >> 8 ^ entry
                index += 1
            }
        }
        state = crc
    }

    /// Creates eight tables of 256 entries: table n holds the effect of a byte that n more bytes follow.
    fileprivate static func makeTables(polynomial: Word) -> [Word] {
        var tables = [Word](repeating: 0, count: 2048)
        for byte in 0..<256 {
            var value = Word(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<2048 {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(truncatingIfNeeded: previous & 0xFF)]
        }
        return tables
    }
}

extension CyclicRedundancyCheck<UInt32> {
    /// CRC-32, as in zlib.
    static var crc32: Self { Self(tables: CRCTables.crc32) }
    /// CRC-32C (Castagnoli).
    static var crc32c: Self { Self(tables: CRCTables.crc32c) }
}

extension CyclicRedundancyCheck<UInt64> {
    /// CRC-64/NVME.
    static var crc64nvme: Self { Self(tables: CRCTables.crc64nvme) }
}

private enum CRCTables {
    static let crc32 = CyclicRedundancyCheck<UInt32>.makeTables(polynomial: 0xEDB8_8320)
    static let crc32c = CyclicRedundancyCheck<UInt32>.makeTables(polynomial: 0x82F6_3B78)
    static let crc64nvme = CyclicRedundancyCheck<UInt64>.makeTables(polynomial: 0x9A6C_9329_AC4B_C9B5)
}
#endif
