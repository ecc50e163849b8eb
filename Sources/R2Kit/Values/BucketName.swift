/// The name of a bucket: 3 to 63 lower-case letters, digits and hyphens, beginning and ending with a letter or digit.
///
/// Source: R2 "Create new buckets".
public struct BucketName: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public let rawValue: String

    /// Checks a name.
    /// - Throws: ``R2KitError`` with the code `invalidBucketName`.
    public init(_ name: String) throws(R2KitError) {
        let bytes = name.utf8
        let isAllowed = bytes.allSatisfy { ASCII.isLowerLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
        guard (3...63).contains(bytes.count), isAllowed, !name.hasPrefix("-"), !name.hasSuffix("-") else {
            throw R2KitError(
                .invalidBucketName,
                "a bucket name has 3 to 63 lower-case letters, digits and hyphens, "
                    + "and begins and ends with a letter or digit")
        }
        rawValue = name
    }

    /// The name itself.
    public var description: String { rawValue }
}
