/// What an object's storage and its reads cost.
///
/// Source: R2 "Storage classes".
public struct StorageClass: Sendable, Hashable, CustomStringConvertible {
    /// The name that `x-amz-storage-class` carries.
    public let rawValue: String

    /// For what is read often; R2's default.
    public static let standard = StorageClass("STANDARD")
    /// For what is read rarely: cheaper to keep, dearer to read, at least 30 days.
    public static let infrequentAccess = StorageClass("STANDARD_IA")

    /// Takes a name that R2 answered.
    init(_ name: String) { rawValue = name }

    /// The name itself.
    public var description: String { rawValue }
}
