/// The ID of a Cloudflare account: 32 hexadecimal digits, shown on the dashboard's R2 page.
public struct AccountID: Sendable, Hashable, CustomStringConvertible {
    /// The ID, in lower case.
    public let rawValue: String

    /// Creates an account ID.
    /// - Parameter id: 32 hexadecimal digits of either case.
    /// - Throws: ``R2ValidationError`` with the code `invalidAccountID`.
    public init(_ id: String) throws(R2ValidationError) {
        guard id.utf8.count == 32, id.utf8.allSatisfy(ASCII.isHexDigit) else {
            throw R2ValidationError(
                .invalidAccountID,
                "Invalid account ID: expected 32 hexadecimal digits, as on the dashboard's R2 page.")
        }
        rawValue = id.lowercased()
    }

    /// The ID itself.
    public var description: String { rawValue }
}

extension AccountID: Codable {
    /// Creates an account ID from a string, checking it like ``init(_:)``.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(text) }
    }

    /// Encodes the ID as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
