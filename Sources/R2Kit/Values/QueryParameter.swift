/// A query parameter, not percent-encoded.
public struct QueryParameter: Sendable, Hashable, Codable {
    /// The name.
    public var name: String
    /// The value.
    ///
    /// A parameter without `=` has an empty value.
    public var value: String

    /// Creates a parameter.
    /// - Parameters:
    ///   - name: The name, not percent-encoded.
    ///   - value: The value, not percent-encoded.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}
