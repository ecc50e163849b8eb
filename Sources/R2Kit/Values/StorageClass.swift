/// A storage class, which determines the price of storing and reading an object.
///
/// Source: R2 "Storage classes".
public struct StorageClass: Sendable, Hashable, CustomStringConvertible {
    /// The value of the `x-amz-storage-class` header.
    public let rawValue: String

    /// For objects that are read often.
    ///
    /// R2's default.
    public static let standard = StorageClass("STANDARD")
    /// For objects that are read rarely: cheaper to store, more expensive to read, for at least 30 days.
    public static let infrequentAccess = StorageClass("STANDARD_IA")

    /// Creates a storage class from a name in R2's response.
    init(_ name: String) { rawValue = name }

    /// The name itself.
    public var description: String { rawValue }
}

extension StorageClass: Codable {
    /// Decodes the name.
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if there is no string that a header can contain.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard HeaderRules.isPlain(name) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "Expected a name of printable ASCII, such as STANDARD.")
        }
        self.init(name)
    }

    /// Encodes the name as a string.
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
