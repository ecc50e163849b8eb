public import HTTPTypes

/// An answer of R2, as an operation reads it.
public struct R2Response: Sendable, Hashable {
    /// The status, such as 200.
    public var status: Int
    /// The headers.
    public var headerFields: HTTPFields
    /// The whole body; empty for HEAD, and where the sender keeps an object's content for itself.
    public var body: [UInt8]

    /// The most bytes of an error's body that are worth reading: 64 KiB.
    ///
    /// A longer one is no error of R2's; hand over its beginning, and the status decides.
    public static let maximumErrorLength = 65_536

    /// Combines the parts of an answer.
    public init(status: Int, headerFields: HTTPFields = [:], body: [UInt8] = []) {
        self.status = status
        self.headerFields = headerFields
        self.body = body
    }
}

extension R2Response: CustomStringConvertible, CustomReflectable {
    /// The status and the body's length: what servers answer may repeat a request's signature.
    public var description: String { "R2Response(\(status), \(body.count) bytes)" }
    /// A mirror with the description alone.
    public var customMirror: Mirror { Mirror(self, children: ["response": description]) }
}
