/// The entity tag of one version of an object, such as `"9b2cf535f27731c974343645a3985328"`.
public struct ETag: Sendable, Hashable, CustomStringConvertible {
    /// The tag without its quotation marks, and without the `W/` of a weak tag.
    public let opaqueValue: String
    /// A Boolean value that indicates whether the tag is weak (`W/"…"`).
    ///
    /// R2 issues strong tags. A proxy that changes a response on its way can make its tag weak. A weak tag doesn't
    /// promise equal bytes, so the precondition ``ObjectPrecondition/ifMatch(_:)`` never holds for one, and it can't
    /// complete an upload or resume a download. Source: RFC 9110, section 8.8.3.
    public let isWeak: Bool

    /// Creates a strong ETag.
    /// - Parameter tag: The tag, with or without its quotation marks.
    /// - Throws: ``R2ValidationError`` with the code `invalidETag` if the tag is empty or weak (`W/`), or contains
    ///   whitespace, quotation marks or control characters.
    public init(_ tag: String) throws(R2ValidationError) {
        guard !tag.utf8.starts(with: Self.weakPrefix) else { throw Self.invalid }
        try self.init(tag, isWeak: false)
    }

    /// Creates a strong or weak ETag from the text of a response.
    /// - Parameter text: A tag with or without its quotation marks, or a weak one (`W/"…"`).
    /// - Throws: ``R2ValidationError`` with the code `invalidETag` if the text isn't an ETag.
    package init(parsing text: String) throws(R2ValidationError) {
        let isWeak = text.utf8.starts(with: Self.weakPrefix)
        try self.init(isWeak ? String(Substring(text.utf8.dropFirst(2))) : text, isWeak: isWeak)
    }

    private init(_ tag: String, isWeak: Bool) throws(R2ValidationError) {
        let mark = UInt8(ascii: "\"")
        let isQuoted = tag.utf8.count >= 2 && tag.utf8.first == mark && tag.utf8.last == mark
        let inner = isQuoted ? String(Substring(tag.utf8.dropFirst().dropLast())) : tag
        let isOpaque = inner.utf8.allSatisfy { ASCII.isVisible($0) && $0 != mark }
        guard isQuoted || !isWeak, !inner.isEmpty, isOpaque, inner != "*", !inner.utf8.starts(with: Self.weakPrefix)
        else {
            throw Self.invalid
        }
        opaqueValue = inner
        self.isWeak = isWeak
    }

    private static let weakPrefix = "W/".utf8

    private static var invalid: R2ValidationError {
        R2ValidationError(
            .invalidETag,
            "Invalid ETag: expected visible ASCII characters, as in R2's ETag header, and not a weak tag.")
    }

    /// The tag in quotation marks, as headers contain it, after `W/` if it is weak.
    public var headerValue: String { isWeak ? "W/\"\(opaqueValue)\"" : "\"\(opaqueValue)\"" }

    /// The same string as ``headerValue``.
    public var description: String { headerValue }
}

extension ETag: Codable {
    /// Creates an ETag from a string, checking it like ``init(_:)``, except that it may be weak.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(parsing: text) }
    }

    /// Encodes a strong tag as a string without quotation marks, and a weak one as ``headerValue``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(isWeak ? headerValue : opaqueValue)
    }
}
