#if Emulator
internal import R2KitSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The checksums that a request states for its body.
struct ExpectedDigests: Sendable {
    /// The MD5, from `Content-MD5`.
    var md5: [UInt8]?
    /// The SHA-256, from a signed `x-amz-content-sha256`.
    var contentHash: [UInt8]?
    /// The checksums of `x-amz-checksum-*` headers, or of query parameters with these names.
    var checksums: [ChecksumAlgorithm: [UInt8]] = [:]
    /// Algorithms to compute although the request states no checksum.
    var computed: Set<ChecksumAlgorithm> = []

    /// Creates a value without any checksum.
    init() {}

    /// Reads the headers and the query of a request.
    ///
    /// R2 (live reports): a checksum that client libraries sign into a URL is compared. Unsettled: the code of the
    /// refusal.
    /// - Parameters:
    ///   - request: The request.
    ///   - contentHash: The signed SHA-256 in hexadecimal, if the body must have it.
    /// - Throws: ``Refusal/invalidDigest`` if a checksum isn't valid base64 of its length.
    init(_ request: EmulatorRequest, contentHash: String?) throws(Refusal) {
        self.contentHash = contentHash.flatMap(Hexadecimal.decode)
        // R2 (observed): a Content-MD5 that isn't the base64 of 16 bytes is an InvalidDigest.
        if let text = request.header("content-md5") {
            guard let bytes = Self.base64(text, count: 16) else { throw .invalidDigest }
            md5 = bytes
        }
        for algorithm in ChecksumAlgorithm.allCases {
            guard let text = request.header(algorithm.header) ?? request.parameter(algorithm.header) else { continue }
            guard let bytes = Self.base64(text, count: algorithm.length) else { throw .invalidDigest }
            checksums[algorithm] = bytes
        }
    }

    private static func base64(_ text: String, count: Int) -> [UInt8]? {
        guard let data = Data(base64Encoded: text), data.count == count else { return nil }
        return [UInt8](data)
    }
}

/// The digests of a body that was received.
struct BodyDigests: Sendable {
    /// The MD5 in hexadecimal, which is the ETag.
    let etag: String
    let md5: [UInt8]
    let checksums: [ChecksumAlgorithm: [UInt8]]

    /// The checksums to store, in base64, by the algorithm's name.
    var stored: [String: String] {
        Dictionary(
            uniqueKeysWithValues: checksums.map { ($0.key.rawValue, Data($0.value).base64EncodedString()) })
    }
}
#endif
