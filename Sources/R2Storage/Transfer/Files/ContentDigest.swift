#if Storage
internal import Crypto
internal import R2Kit
internal import R2KitSupport

/// A checksum computed incrementally, while the content is read.
enum ContentDigest: Sendable {
    case md5(Insecure.MD5)
    case crc(CRC32)

    /// Creates an empty digest, or returns `nil` for an algorithm that R2 doesn't accept on parts.
    init?(_ algorithm: Checksum.Algorithm) {
        switch algorithm {
        case .md5: self = .md5(Insecure.MD5())
        case .crc32: self = .crc(.ieee)
        case .crc32c: self = .crc(.castagnoli)
        default: return nil
        }
    }

    /// Adds bytes to the digest.
    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .md5(var hash):
            hash.update(bufferPointer: bytes)
            self = .md5(hash)
        case .crc(var crc):
            crc.update(bytes)
            self = .crc(crc)
        }
    }

    /// The checksum of the bytes so far.
    var bytes: [UInt8] {
        switch self {
        case .md5(let hash): Array(hash.finalize())
        case .crc(let crc): crc.bytes
        }
    }
}
#endif
