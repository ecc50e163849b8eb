#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A checksum of the body that the caller knows already: R2 refuses a body that does not match it.
///
/// Nothing is computed here. Source: R2 "S3 API compatibility", checksums.
public struct Checksum: Sendable, Hashable {
    /// A way to compute a checksum.
    public struct Algorithm: Sendable, Hashable, CustomStringConvertible {
        /// The header that carries it, in lower case.
        public let headerName: String
        /// How many bytes it has.
        public let length: Int
        /// Whether R2 takes it on a part of a multipart upload.
        public let isAllowedOnParts: Bool

        /// MD5, in `Content-MD5`: 16 bytes.
        public static let md5 = Algorithm(headerName: "content-md5", length: 16, isAllowedOnParts: true)
        /// CRC-32, in `x-amz-checksum-crc32`: 4 bytes.
        public static let crc32 = Algorithm(headerName: "x-amz-checksum-crc32", length: 4, isAllowedOnParts: true)
        /// CRC-32C, in `x-amz-checksum-crc32c`: 4 bytes.
        public static let crc32c = Algorithm(headerName: "x-amz-checksum-crc32c", length: 4, isAllowedOnParts: true)
        /// SHA-1, in `x-amz-checksum-sha1`: 20 bytes, and not on parts.
        public static let sha1 = Algorithm(headerName: "x-amz-checksum-sha1", length: 20, isAllowedOnParts: false)
        /// SHA-256, in `x-amz-checksum-sha256`: 32 bytes, and not on parts.
        public static let sha256 = Algorithm(headerName: "x-amz-checksum-sha256", length: 32, isAllowedOnParts: false)

        /// The header's name.
        public var description: String { headerName }
    }

    /// How it was computed.
    public let algorithm: Algorithm
    /// The checksum in base64, as the header carries it.
    public let base64: String

    /// Takes a checksum in base64.
    /// - Throws: ``R2KitError`` with the code `invalidChecksum` unless it is base64 of as many bytes as the algorithm
    ///   has.
    public init(_ algorithm: Algorithm, base64: String) throws(R2KitError) {
        // Encoding it again refuses spellings that decoders let pass, such as stray bits in the last digit.
        guard let bytes = Data(base64Encoded: base64), bytes.count == algorithm.length,
            bytes.base64EncodedString() == base64
        else {
            throw R2KitError(
                .invalidChecksum, "\(algorithm.headerName) wants \(algorithm.length) bytes in base64, with padding")
        }
        self.algorithm = algorithm
        self.base64 = base64
    }

    /// Takes a checksum's bytes, most significant first.
    /// - Throws: ``R2KitError`` with the code `invalidChecksum` unless there are as many as the algorithm has.
    public init(_ algorithm: Algorithm, bytes: some Sequence<UInt8>) throws(R2KitError) {
        try self.init(algorithm, base64: Data(bytes).base64EncodedString())
    }
}
