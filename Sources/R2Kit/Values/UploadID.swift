/// The ID of a multipart upload, from the response of ``CreateMultipartUpload``.
public struct UploadID: Sendable, Hashable, CustomStringConvertible {
    /// The ID.
    ///
    /// R2's are long and contain `/`, `+` and `=`. They are percent-encoded in URLs.
    public let rawValue: String

    /// Creates an upload ID.
    /// - Parameter id: The ID: visible ASCII characters.
    /// - Throws: ``R2ValidationError`` with the code `invalidUploadID`.
    public init(_ id: String) throws(R2ValidationError) {
        guard !id.isEmpty, id.utf8.allSatisfy(ASCII.isVisible) else {
            throw R2ValidationError(
                .invalidUploadID,
                "Invalid upload ID: expected visible ASCII characters, exactly as CreateMultipartUpload returned them.")
        }
        rawValue = id
    }

    /// The ID itself.
    public var description: String { rawValue }
}

extension UploadID: Codable {
    /// Creates an upload ID from a string, checking it like ``init(_:)``.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(text) }
    }

    /// Encodes the ID as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
