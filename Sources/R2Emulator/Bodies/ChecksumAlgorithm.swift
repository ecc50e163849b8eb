#if Emulator
internal import Crypto
internal import NIOCore
internal import R2KitSupport

/// A checksum that a request can send with its body.
enum ChecksumAlgorithm: String, Sendable, CaseIterable {
    case crc32, crc32c, crc64nvme, sha1, sha256

    /// The name of the header that carries the checksum.
    var header: String { "x-amz-checksum-\(rawValue)" }

    /// The number of bytes.
    var length: Int {
        switch self {
        case .crc32, .crc32c: 4
        case .crc64nvme: 8
        case .sha1: 20
        case .sha256: 32
        }
    }

    /// The name in R2's messages.
    var displayName: String {
        switch self {
        case .crc32: "CRC32"
        case .crc32c: "CRC32C"
        case .crc64nvme: "CRC64NVME"
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        }
    }

    /// A Boolean value that indicates whether the checksum of a multipart object covers the whole object.
    ///
    /// The others cover the checksums of the parts.
    ///
    /// R2 (documented).
    var coversWholeObject: Bool { self == .crc64nvme }

    /// The type of the checksum of a multipart object, in the words of `x-amz-checksum-type`.
    var multipartType: String { coversWholeObject ? "FULL_OBJECT" : "COMPOSITE" }

    /// Returns a running checksum.
    func makeDigest() -> any RunningDigest {
        switch self {
        case .crc32: CRC32.ieee
        case .crc32c: CRC32.castagnoli
        case .crc64nvme: CRC64()
        case .sha1: HashDigest<Insecure.SHA1>()
        case .sha256: HashDigest<SHA256>()
        }
    }
}

/// A checksum of the bytes so far.
protocol RunningDigest: Sendable {
    mutating func update(_ bytes: UnsafeRawBufferPointer)
    var bytes: [UInt8] { get }
}

extension RunningDigest {
    mutating func update(_ buffer: ByteBuffer) { buffer.withUnsafeReadableBytes { update($0) } }
    mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }
}

extension CRC32: RunningDigest {}
extension CRC64: RunningDigest {}

/// A hash function of swift-crypto.
struct HashDigest<Hash: HashFunction & Sendable>: RunningDigest {
    private var hash = Hash()

    mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }
    var bytes: [UInt8] { Array(hash.finalize()) }
}
#endif
