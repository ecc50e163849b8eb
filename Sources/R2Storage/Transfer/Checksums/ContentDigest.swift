#if Storage
internal import Crypto
internal import R2Kit

/// A checksum that is computed while content is read.
enum ContentDigest: Sendable {
    case md5(Insecure.MD5)
    case crc(CRC32, Checksum.Algorithm)

    /// Begins one; `nil` for an algorithm that is not computed here.
    init?(_ algorithm: Checksum.Algorithm) {
        switch algorithm {
        case .md5: self = .md5(Insecure.MD5())
        case .crc32: self = .crc(.ieee, algorithm)
        case .crc32c: self = .crc(.castagnoli, algorithm)
        default: return nil
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .md5(var hash):
            hash.update(bufferPointer: bytes)
            self = .md5(hash)
        case .crc(var crc, let algorithm):
            crc.update(bytes)
            self = .crc(crc, algorithm)
        }
    }

    /// The checksum's bytes.
    var bytes: [UInt8] {
        switch self {
        case .md5(let hash): Array(hash.finalize())
        case .crc(let crc, _): crc.bytes
        }
    }

    var algorithm: Checksum.Algorithm {
        switch self {
        case .md5: .md5
        case .crc(_, let algorithm): algorithm
        }
    }
}
#endif
