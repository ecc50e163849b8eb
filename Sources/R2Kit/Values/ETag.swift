/// The tag of one version of an object, such as `"9b2cf535f27731c974343645a3985328"`.
public struct ETag: Sendable, Hashable, CustomStringConvertible {
    /// The tag between its quotation marks.
    public let opaqueValue: String

    /// Takes a strong tag, with or without its quotation marks.
    /// - Throws: ``R2KitError`` with the code `invalidETag` for an empty or weak (`W/`) tag, or one with white space,
    ///   quotation marks or control characters in it.
    public init(_ tag: String) throws(R2KitError) {
        let mark = UInt8(ascii: "\"")
        let isQuoted = tag.utf8.count >= 2 && tag.utf8.first == mark && tag.utf8.last == mark
        let inner = isQuoted ? String(Substring(tag.utf8.dropFirst().dropLast())) : tag
        let isOpaque = inner.utf8.allSatisfy { (33...126).contains($0) && $0 != UInt8(ascii: "\"") }
        guard !inner.isEmpty, isOpaque, inner != "*", !inner.utf8.starts(with: "W/".utf8) else {
            throw R2KitError(
                .invalidETag, "an ETag is what R2 answered in its ETag header: visible ASCII characters, not weak")
        }
        opaqueValue = inner
    }

    /// The tag with its quotation marks, as headers carry it.
    public var headerValue: String { "\"\(opaqueValue)\"" }

    /// The tag with its quotation marks.
    public var description: String { headerValue }
}

extension ETag: Codable {
    /// Reads a string, with or without quotation marks, and checks it.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2KitError) in try Self(text) }
    }

    /// Writes the tag as a string without its quotation marks.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(opaqueValue)
    }
}
