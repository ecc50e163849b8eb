#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A checksum of a body, already computed by the caller.
///
/// R2 rejects a body that doesn't match it. Source: R2 "S3 API compatibility", checksums.
public struct Checksum: Sendable, Hashable {
    /// A checksum algorithm.
    public struct Algorithm: Sendable, Hashable, CustomStringConvertible {
        /// The name of the checksum's header, in lower case.
        public let headerName: String
        /// The length of a checksum, in bytes.
        public let length: Int
        /// A Boolean value that indicates whether R2 supports the algorithm for a part of a multipart upload.
        public let isAllowedOnParts: Bool

        /// MD5, in `Content-MD5`: 16 bytes.
        public static let md5 = Algorithm(headerName: "content-md5", length: 16, isAllowedOnParts: true)
        /// CRC-32, in `x-amz-checksum-crc32`: 4 bytes.
        public static let crc32 = Algorithm(headerName: "x-amz-checksum-crc32", length: 4, isAllowedOnParts: true)
        /// CRC-32C, in `x-amz-checksum-crc32c`: 4 bytes.
        public static let crc32c = Algorithm(headerName: "x-amz-checksum-crc32c", length: 4, isAllowedOnParts: true)
        /// SHA-1, in `x-amz-checksum-sha1`: 20 bytes, not for parts.
        public static let sha1 = Algorithm(headerName: "x-amz-checksum-sha1", length: 20, isAllowedOnParts: false)
        /// SHA-256, in `x-amz-checksum-sha256`: 32 bytes, not for parts.
        public static let sha256 = Algorithm(headerName: "x-amz-checksum-sha256", length: 32, isAllowedOnParts: false)

        /// The header's name.
        public var description: String { headerName }
    }

    /// The algorithm.
    public let algorithm: Algorithm
    /// The checksum in Base64, as its header contains it.
    public let base64: String

    /// Creates a checksum from its Base64 form.
    /// - Parameters:
    ///   - algorithm: The algorithm.
    ///   - base64: The checksum in Base64, with padding.
    /// - Throws: ``R2ValidationError`` with the code `invalidChecksum` if the string isn't Base64, or has the wrong
    ///   length for the algorithm.
    public init(_ algorithm: Algorithm, base64: String) throws(R2ValidationError) {
        // Encoding it again rejects strings that decoders accept, such as those with stray bits in the last digit.
        guard let bytes = Data(base64Encoded: base64), bytes.count == algorithm.length,
            bytes.base64EncodedString() == base64
        else {
            throw R2ValidationError(
                .invalidChecksum,
                "Invalid checksum: \(algorithm.headerName) needs \(algorithm.length) bytes in Base64, with padding.")
        }
        self.algorithm = algorithm
        self.base64 = base64
    }

    /// Creates a checksum from its bytes.
    /// - Parameters:
    ///   - algorithm: The algorithm.
    ///   - bytes: The checksum, most significant byte first.
    /// - Throws: ``R2ValidationError`` with the code `invalidChecksum` if the number of bytes is wrong for the
    ///   algorithm.
    public init(_ algorithm: Algorithm, bytes: some Sequence<UInt8>) throws(R2ValidationError) {
        try self.init(algorithm, base64: Data(bytes).base64EncodedString())
    }

    /// Checks that R2 supports the algorithm for a part.
    /// - Throws: ``R2ValidationError`` with the code `unsupportedChecksum`.
    func checkAllowedOnPart() throws(R2ValidationError) {
        guard algorithm.isAllowedOnParts else {
            throw R2ValidationError(
                .unsupportedChecksum,
                "Unsupported checksum: R2 responds with 501 to \(algorithm.headerName) on a part. "
                    + "Use MD5, CRC-32 or CRC-32C.")
        }
    }
}
