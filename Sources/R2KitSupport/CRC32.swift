/// A 32-bit cyclic redundancy check, computed eight bytes at a time.
package struct CRC32: Sendable {
    private let tables: [UInt32]
    private var state: UInt32 = .max

    /// CRC-32, as in zlib and `x-amz-checksum-crc32`.
    package static var ieee: CRC32 { CRC32(tables: ieeeTables) }
    /// CRC-32C (Castagnoli), as in `x-amz-checksum-crc32c`.
    package static var castagnoli: CRC32 { CRC32(tables: castagnoliTables) }

    private static let ieeeTables = makeTables(polynomial: 0xEDB8_8320)
    private static let castagnoliTables = makeTables(polynomial: 0x82F6_3B78)

    private init(tables: [UInt32]) { self.tables = tables }

    /// The checksum of the bytes so far.
    package var value: UInt32 { ~state }

    /// The checksum as bytes, most significant first.
    package var bytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) } }

    /// Adds bytes to the checksum.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        tables.withUnsafeBufferPointer { tables in
            var index = 0
            while index + 8 <= bytes.count {
                let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let low = crc ^ UInt32(truncatingIfNeeded: word)
                let high = UInt32(truncatingIfNeeded: word >> 32)
                crc =
                    tables[1792 + Int(low & 0xFF)] ^ tables[1536 + Int(low >> 8 & 0xFF)]
                    ^ tables[1280 + Int(low >> 16 & 0xFF)] ^ tables[1024 + Int(low >> 24)]
                    ^ tables[768 + Int(high & 0xFF)] ^ tables[512 + Int(high >> 8 & 0xFF)]
                    ^ tables[256 + Int(high >> 16 & 0xFF)] ^ tables[Int(high >> 24)]
                index += 8
            }
            while index < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
                index += 1
            }
        }
        state = crc
    }

    /// Creates eight tables of 256 entries: table n holds the effect of a byte that n more bytes follow.
    private static func makeTables(polynomial: UInt32) -> [UInt32] {
        var tables = [UInt32](repeating: 0, count: 2048)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<2048 {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }
}
