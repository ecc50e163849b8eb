internal import SigV4

/// What the URL of a part allows.
public struct PartConstraints: Sendable, Hashable {
    /// The exact number of bytes of the part.
    public var contentLength: Int64?
    /// A checksum of the part: MD5, CRC-32 or CRC-32C, which are those that R2 takes there.
    public var checksum: Checksum?

    /// Combines constraints; whatever is left out is not signed.
    public init(contentLength: Int64? = nil, checksum: Checksum? = nil) {
        self.contentLength = contentLength
        self.checksum = checksum
    }
}

extension PartConstraints {
    /// The headers to sign, checked.
    func signedHeaders() throws(R2KitError) -> PresignHeaders {
        let length = try HeaderText.check(contentLength: contentLength)
        guard let checksum else { return .body(length: length, type: nil) }
        guard checksum.algorithm.isAllowedOnParts else {
            throw R2KitError(
                .unsupportedChecksum,
                "R2 answers 501 to \(checksum.algorithm.headerName) on a part: use MD5, CRC-32 or CRC-32C")
        }
        var headers = SortedHeaders()
        if let length { headers.append("content-length", String(length)) }
        headers.append(checksum, if: { $0 == .md5 })
        headers.host()
        headers.append(checksum, if: { $0 != .md5 })
        return headers.presignHeaders
    }
}
