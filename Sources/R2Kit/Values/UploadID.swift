/// The id of a multipart upload, as CreateMultipartUpload answered it.
public struct UploadID: Sendable, Hashable, CustomStringConvertible {
    /// The id.
    ///
    /// R2's are long and hold `/`, `+` and `=`; they are percent-encoded wherever they go.
    public let rawValue: String

    /// Checks an id.
    /// - Throws: ``R2KitError`` with the code `invalidUploadID` if it is empty or holds anything but visible
    ///   ASCII.
    public init(_ id: String) throws(R2KitError) {
        guard !id.isEmpty, id.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw R2KitError(
                .invalidUploadID,
                "an upload id is the UploadId that CreateMultipartUpload answered, exactly as it came: visible ASCII characters"
            )
        }
        rawValue = id
    }

    /// The id itself.
    public var description: String { rawValue }
}

extension UploadID: Codable {
    /// Reads a string and checks it.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2KitError) in try Self(text) }
    }

    /// Writes the id as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
