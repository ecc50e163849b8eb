/// A region that a bucket's data must stay in.
///
/// It's chosen when the bucket is created, and is part of its endpoint's host. An open set: Cloudflare adds
/// jurisdictions. Source: R2 "Data location".
public struct Jurisdiction: Sendable, Hashable, CustomStringConvertible {
    /// The name, as it's in the host.
    public let rawValue: String

    /// The European Union.
    public static let eu = Jurisdiction(known: "eu")
    /// FedRAMP, for Enterprise customers.
    public static let fedramp = Jurisdiction(known: "fedramp")
    /// The United States.
    public static let us = Jurisdiction(known: "us")

    /// Creates a jurisdiction, which doesn't need to be one of the known ones.
    /// - Parameter name: A label of a host name.
    /// - Throws: ``R2ValidationError`` with the code `invalidJurisdiction`.
    public init(_ name: String) throws(R2ValidationError) {
        let isLabel = name.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
        guard (1...63).contains(name.utf8.count), isLabel, !name.hasPrefix("-"), !name.hasSuffix("-") else {
            throw R2ValidationError(
                .invalidJurisdiction,
                "Invalid jurisdiction: expected a name of letters and digits, such as 'eu', 'fedramp' or 'us'.")
        }
        guard name.lowercased() != "default" else {
            throw R2ValidationError(
                .invalidJurisdiction,
                "Invalid jurisdiction: leave it out for a bucket without one, whose host doesn't name any.")
        }
        rawValue = name.lowercased()
    }

    private init(known name: String) { rawValue = name }

    /// The name itself.
    public var description: String { rawValue }
}

extension Jurisdiction: Codable {
    /// Creates a jurisdiction from a string, checking it like ``init(_:)``.
    public init(from decoder: any Decoder) throws {
        self = try decoder.checkedString { (text) throws(R2ValidationError) in try Self(text) }
    }

    /// Encodes the name as a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
