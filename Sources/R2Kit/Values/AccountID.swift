/// A Cloudflare account: 32 hexadecimal digits, shown on the dashboard's R2 page.
public struct AccountID: Sendable, Hashable, CustomStringConvertible {
    /// The id, in lower case.
    public let rawValue: String

    /// Checks an id.
    /// - Throws: ``R2KitError`` with the code `invalidAccountID`.
    public init(_ id: String) throws(R2KitError) {
        guard id.utf8.count == 32, id.utf8.allSatisfy(ASCII.isHexDigit) else {
            throw R2KitError(
                .invalidAccountID, "an account id has 32 hexadecimal digits; the dashboard's R2 page shows it")
        }
        rawValue = id.lowercased()
    }

    /// The id itself.
    public var description: String { rawValue }
}
