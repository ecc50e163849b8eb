/// The parts of an HTTP request that a signature covers.
public struct SignableRequest: Sendable, Hashable {
    /// A query parameter, not encoded.
    ///
    /// A parameter without `=` has an empty value.
    public struct Parameter: Sendable, Hashable {
        /// The name, not encoded.
        public var name: String
        /// The value, not encoded.
        public var value: String

        /// Takes a name and a value as they are before any encoding.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A header to sign.
    public struct Header: Sendable, Hashable {
        /// The name, in any case.
        public var name: String
        /// The value as it is sent.
        public var value: String

        /// Takes a name and a value.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method, in upper case.
    public var method: String
    /// The path exactly as it is sent, percent-encoded, beginning with `/`.
    ///
    /// ``PercentEncoding/encodePath(_:)`` makes one. Signing what is sent, byte for byte, leaves nothing to disagree
    /// about.
    public var path: String
    /// The query parameters, in any order, not encoded.
    public var query: [Parameter]
    /// The headers to sign, in the order they are sent.
    ///
    /// `host` must be among them. Leave out what a proxy may change (`accept-encoding`, `user-agent`), and what the
    /// signer adds itself.
    public var headers: [Header]

    /// Describes a request.
    public init(method: String, path: String, query: [Parameter] = [], headers: [Header]) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }
}

extension SignableRequest.Header: CustomStringConvertible, CustomReflectable {
    /// The name and the value; of headers that hold a signature or a session token, the name alone.
    public var description: String {
        let isSecret = ["authorization", "x-amz-security-token"].contains(name.lowercased())
        return isSecret ? "\(name): <secret>" : "\(name): \(value)"
    }
    /// A mirror with the description alone.
    public var customMirror: Mirror { Mirror(self, children: ["header": description]) }
}
