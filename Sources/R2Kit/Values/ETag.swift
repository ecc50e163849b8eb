/// The entity tag of one version of an object, such as `"9b2cf535f27731c974343645a3985328"`.
public struct ETag: Sendable, Hashable, CustomStringConvertible {
    /// The tag without its quotation marks.
    public let opaqueValue: String

    /// Creates a strong ETag.
    /// - Parameter tag: The tag, with or without its quotation marks.
    /// - Throws: ``R2ValidationError`` with the code `invalidETag` if the tag is empty or weak (`W/`), or contains
    ///   white space, quotation marks or control characters.
    public init(_ tag: String) throws(R2ValidationError) {
        let mark = UInt8(ascii: "\"")
        let isQuoted = tag.utf8.count >= 2 && tag.utf8.first == mark && tag.utf8.last == mark
        let inner = isQuoted ? String(Substring(tag.utf8.dropFirst().dropLast())) : tag
        let isOpaque = inner.utf8.allSatisfy { ASCII.isVisible($0) && $0 != mark }
        guard !inner.isEmpty, isOpaque, inner != "*", !inner.utf8.starts(with: "W/".utf8) else {
            throw R2ValidationError(
                .invalidETag,
                "Invalid ETag: expected visible ASCII characters, as in R2's ETag header, and not a weak tag.")
        }
        opaqueValue = inner
    }

    /// The tag in quotation marks, as headers contain it.
    public var headerValue: String { "\"\(opaqueValue)\"" }

    /// The tag in quotation marks.
    public var description: String { headerValue }
}

extension ETag: Codable {
    /// Creates an ETag from a string, checking it like ``init(_:)``.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(text) }
    }

    /// Encodes the tag as a string without quotation marks.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(opaqueValue)
    }
}
