/// Where a bucket's data must stay.
///
/// Chosen when the bucket is made, and part of its endpoint's host. An open set: Cloudflare adds jurisdictions. Source:
/// R2 "Data location".
public struct Jurisdiction: Sendable, Hashable, CustomStringConvertible {
    /// The name, as it stands in the host.
    public let rawValue: String

    /// The European Union.
    public static let eu = Jurisdiction(known: "eu")
    /// FedRAMP, for Enterprise customers.
    public static let fedramp = Jurisdiction(known: "fedramp")
    /// The United States.
    public static let us = Jurisdiction(known: "us")

    /// Takes a name that need not be among the known ones.
    /// - Throws: ``R2KitError`` with the code `invalidJurisdiction` if it cannot be a label of a host name.
    public init(_ name: String) throws(R2KitError) {
        let isLabel = name.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "-") }
        guard (1...63).contains(name.utf8.count), isLabel, !name.hasPrefix("-"), !name.hasSuffix("-") else {
            throw R2KitError(
                .invalidJurisdiction, "a jurisdiction is a name such as 'eu', 'fedramp' or 'us', in letters and digits")
        }
        guard name.lowercased() != "default" else {
            throw R2KitError(
                .invalidJurisdiction, "buckets without a jurisdiction have none in their host: leave it out")
        }
        rawValue = name.lowercased()
    }

    private init(known name: String) { rawValue = name }

    /// The name itself.
    public var description: String { rawValue }
}
