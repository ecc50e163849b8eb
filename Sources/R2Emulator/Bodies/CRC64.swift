#if Emulator
/// CRC-64/NVME, as in `x-amz-checksum-crc64nvme`, computed eight bytes at a time.
struct CRC64: Sendable {
    private static let polynomial: UInt64 = 0x9A6C_9329_AC4B_C9B5
    /// Eight tables of 256 entries: table n holds the effect of a byte that n more bytes follow.
    private static let tables: [UInt64] = {
        var tables = (0..<256).map { byte in
            (0..<8).reduce(UInt64(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
        }
        for index in 256..<2048 { tables.append(tables[index - 256] >> 8 ^ tables[Int(tables[index - 256] & 0xFF)]) }
        return tables
    }()

    private let tables = Self.tables
    private var state = UInt64.max

    /// The checksum as bytes, most significant first.
    var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: ~state >> (56 - 8 * UInt64($0))) } }

    /// Adds bytes to the checksum.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var crc = state
        tables.withUnsafeBufferPointer { tables in
            var index = 0
            while index + 8 <= bytes.count {
                let word = crc ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                crc = 0
                for byte in 0..<8 { crc ^= tables[256 * (7 - byte) + Int(word >> UInt64(8 * byte) & 0xFF)] }
                index += 8
            }
            while index < bytes.count {
                crc = crc >> 8 ^ tables[Int((crc ^ UInt64(bytes[index])) & 0xFF)]
                index += 1
            }
        }
        state = crc
    }
}
#endif
