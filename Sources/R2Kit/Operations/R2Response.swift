public import HTTPTypes

/// A response from R2, in the form that an operation reads.
public struct R2Response: Sendable, Hashable {
    /// The HTTP status code, such as 200.
    public var status: Int
    /// The header fields.
    public var headerFields: HTTPFields
    /// The whole body, or an empty array for HEAD and where ``R2Operation/streamsResponse`` is true.
    public var body: [UInt8]

    /// The maximum length of an error response's body that is worth reading, in bytes: 64 KiB.
    ///
    /// R2's own errors are shorter. If a body is longer, pass its beginning, and the status determines the error.
    public static let maximumErrorLength = 65_536

    /// Creates a response.
    /// - Parameters:
    ///   - status: The HTTP status code.
    ///   - headerFields: The header fields.
    ///   - body: The whole body, or an empty array where the operation doesn't read it.
    public init(status: Int, headerFields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }
}

extension R2Response: CustomStringConvertible, CustomReflectable {
    /// The status and the body's length, since a response can repeat a request's signature.
    public var description: String { "R2Response(\(status), \(body.count) bytes)" }
    /// A mirror that contains the description only.
    public var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}

extension HTTPFields {
    /// The value of a header that HTTPTypes has no constant for, or `nil` if the header is missing or empty.
    subscript(named name: String) -> String? {
        get {
            guard let name = HTTPField.Name(name), let value = self[name], !value.isEmpty else { return nil }
            return value
        }
        set {
            // Names come from this module's source and from checked metadata: all of them are valid tokens.
            if let name = HTTPField.Name(name) { self[name] = newValue }
        }
    }
}
