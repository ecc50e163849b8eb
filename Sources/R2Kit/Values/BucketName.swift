/// The name of a bucket: 3 to 63 lowercase letters, digits and hyphens, starting and ending with a letter or digit.
///
/// Source: R2 "Create new buckets".
public struct BucketName: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Creates a bucket name.
    /// - Parameter name: The name.
    /// - Throws: ``R2ValidationError`` with the code `invalidBucketName`.
    public init(_ name: String) throws(R2ValidationError) {
        let bytes = name.utf8
        let isAllowed = bytes.allSatisfy { ASCII.isLowerLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
        guard (3...63).contains(bytes.count), isAllowed, !name.hasPrefix("-"), !name.hasSuffix("-") else {
            throw R2ValidationError(
                .invalidBucketName,
                "Invalid bucket name: expected 3 to 63 lowercase letters, digits and hyphens, "
                    + "starting and ending with a letter or digit.")
        }
        rawValue = name
    }

    /// The name itself.
    public var description: String { rawValue }
}

extension BucketName: Codable {
    /// Creates a bucket name from a string, checking it like ``init(_:)``.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(text) }
    }

    /// Encodes the name as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
