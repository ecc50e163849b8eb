#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An identifier that the host chose: a UUID, an integer or a string, kept as text.
///
/// A UUID is kept in lower case, so that the same UUID is the same identifier however it was written. Two identifiers are
/// equal if their bytes are: databases compare them so.
public protocol ExternalIdentifier: RawRepresentable, Sendable, Hashable, Codable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral, ExpressibleByIntegerLiteral
where RawValue == String {
    /// Takes the text as it is.
    ///
    /// - Parameter rawValue: 1 to 255 bytes of UTF-8 without NUL, which is checked when it is stored.
    init(rawValue: String)
}

extension ExternalIdentifier {
    /// Takes a text as it is.
    ///
    /// - Parameter text: 1 to 255 bytes of UTF-8 without NUL, which is checked when it is stored.
    public init(_ text: String) { self.init(rawValue: text) }
    /// Takes a UUID, in lower case.
    ///
    /// - Parameter uuid: Any UUID.
    public init(_ uuid: UUID) { self.init(rawValue: uuid.uuidString.lowercased()) }
    /// Takes a number, in decimal.
    ///
    /// - Parameter number: Any integer.
    public init(_ number: some BinaryInteger) { self.init(rawValue: String(number)) }
    /// Takes a text as it is.
    ///
    /// - Parameter text: The literal.
    public init(stringLiteral text: String) { self.init(rawValue: text) }
    /// Takes a number, in decimal.
    ///
    /// - Parameter number: The literal.
    public init(integerLiteral number: Int) { self.init(rawValue: String(number)) }

    /// The text.
    public var description: String { rawValue }

    /// The identifier as a UUID, if it is one.
    public var uuid: UUID? { UUID(uuidString: rawValue) }

    /// Compares the bytes.
    ///
    /// - Returns: Whether they are the same.
    public static func == (first: Self, second: Self) -> Bool {
        first.rawValue.utf8.elementsEqual(second.rawValue.utf8)
    }
    /// Compares the bytes.
    ///
    /// - Returns: Whether `first` comes before `second`.
    public static func < (first: Self, second: Self) -> Bool {
        first.rawValue.utf8.lexicographicallyPrecedes(second.rawValue.utf8)
    }
    /// Hashes the bytes.
    ///
    /// - Parameter hasher: Takes the bytes.
    public func hash(into hasher: inout Hasher) { ExactString(rawValue).hash(into: &hasher) }

    /// Reads a string.
    ///
    /// - Parameter decoder: Where a string is expected.
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes a string.
    ///
    /// - Parameter encoder: Takes the string.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// Who uploaded a video: an identifier of the host's.
public struct UserID: ExternalIdentifier {
    /// The identifier as text.
    public let rawValue: String

    /// Takes the text as it is.
    ///
    /// - Parameter rawValue: 1 to 255 bytes of UTF-8 without NUL, which is checked when it is stored.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// An identifier that your app assigned to a course session.
public struct CourseSessionID: ExternalIdentifier {
    /// The identifier as a string.
    public let rawValue: String

    /// Creates an identifier from a string.
    ///
    /// - Parameter rawValue: 1 to 255 bytes of UTF-8 without NUL, checked when it is stored.
    public init(rawValue: String) { self.rawValue = rawValue }
}
