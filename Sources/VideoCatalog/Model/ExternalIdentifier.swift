internal import R2KitSupport

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An identifier that your app assigned: a UUID, an integer or a string, stored as a string.
///
/// A UUID is stored in lower case, so that the same UUID is the same identifier however it was written:
/// `UserID(uuid.uuidString) == UserID(uuid)`, although Swift writes UUIDs in upper case. This applies to strings of 36
/// characters in the form 8-4-4-4-12, wherever an identifier is created or decoded. Every other string is stored as it
/// is.
///
/// Two identifiers are equal if their bytes are equal, and a repository compares those bytes with the bytes in its
/// store. Programs that write to the same database must therefore write UUIDs in lower case: a row with an uppercase
/// UUID is read in lower case, but not found by it.
public protocol ExternalIdentifier: RawRepresentable, Sendable, Hashable, Codable, Comparable, CustomStringConvertible,
    ExpressibleByStringLiteral, ExpressibleByIntegerLiteral
where RawValue == String {
    /// Creates an identifier from a string.
    ///
    /// An implementation stores ``normalized(_:)`` of the string.
    ///
    /// - Parameter rawValue: 1 to 255 bytes of UTF-8 without NUL. A repository checks this, not the initializer.
    init(rawValue: String)
}

extension ExternalIdentifier {
    /// Creates an identifier from a string.
    ///
    /// - Parameter string: 1 to 255 bytes of UTF-8 without NUL. A repository checks this, not the initializer.
    public init(_ string: String) { self.init(rawValue: string) }
    /// Creates an identifier from a UUID.
    ///
    /// - Parameter uuid: Any UUID.
    public init(_ uuid: UUID) { self.init(rawValue: uuid.uuidString) }
    /// Creates an identifier from an integer, in decimal.
    ///
    /// - Parameter number: Any integer.
    public init(_ number: some BinaryInteger) { self.init(rawValue: String(number)) }
    /// Creates an identifier from a string literal.
    ///
    /// - Parameter string: The literal.
    public init(stringLiteral string: String) { self.init(rawValue: string) }
    /// Creates an identifier from an integer literal, in decimal.
    ///
    /// - Parameter number: The literal.
    public init(integerLiteral number: Int) { self.init(rawValue: String(number)) }

    /// Returns a string in the form in which identifiers store it.
    ///
    /// - Parameter string: Any string.
    /// - Returns: A UUID in the form 8-4-4-4-12 in lower case, and every other string as it is.
    public static func normalized(_ string: String) -> String {
        guard string.utf8.count == 36, string.utf8.contains(where: { (0x41...0x46).contains($0) }) else {
            return string
        }
        let isUUID = zip(0..., string.utf8).allSatisfy { index, byte in
            switch index {
            case 8, 13, 18, 23: byte == UInt8(ascii: "-")
            default: Hexadecimal.value(of: byte) != nil
            }
        }
        return isUUID ? string.lowercased() : string
    }

    /// The identifier as a string.
    public var description: String { rawValue }

    /// The identifier as a UUID, or `nil` if it isn't one.
    public var uuid: UUID? { UUID(uuidString: rawValue) }

    /// Returns a Boolean value that indicates whether two identifiers have the same bytes.
    ///
    /// - Returns: `true` if the bytes are equal.
    public static func == (first: Self, second: Self) -> Bool {
        first.rawValue.hasBytes(of: second.rawValue)
    }
    /// Returns a Boolean value that indicates whether the first identifier's bytes precede those of the second.
    ///
    /// - Returns: `true` if `first` comes before `second`.
    public static func < (first: Self, second: Self) -> Bool {
        first.rawValue.utf8.lexicographicallyPrecedes(second.rawValue.utf8)
    }
    /// Hashes the bytes of the identifier.
    ///
    /// - Parameter hasher: The hasher to feed.
    public func hash(into hasher: inout Hasher) { ExactString(rawValue).hash(into: &hasher) }

    /// Creates an identifier by decoding a string.
    ///
    /// - Parameter decoder: The decoder to read from.
    /// - Throws: A `DecodingError` if the value isn't a string.
    public init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }

    /// Encodes the identifier as a string.
    ///
    /// - Parameter encoder: The encoder to write to.
    /// - Throws: Any error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// The identifier of the user who uploaded a video, assigned by your app.
public struct UserID: ExternalIdentifier {
    /// The identifier as a string.
    public let rawValue: String

    /// Creates an identifier from a string.
    ///
    /// See ``ExternalIdentifier/init(rawValue:)``.
    ///
    /// - Parameter rawValue: 1 to 255 bytes of UTF-8 without NUL.
    public init(rawValue: String) { self.rawValue = Self.normalized(rawValue) }
}

/// The identifier of a course session that videos belong to, assigned by your app.
public struct CourseSessionID: ExternalIdentifier {
    /// The identifier as a string.
    public let rawValue: String

    /// Creates an identifier from a string.
    ///
    /// See ``ExternalIdentifier/init(rawValue:)``.
    ///
    /// - Parameter rawValue: 1 to 255 bytes of UTF-8 without NUL.
    public init(rawValue: String) { self.rawValue = Self.normalized(rawValue) }
}
