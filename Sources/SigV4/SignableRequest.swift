import Crypto

/// The parts of an HTTP request that a signature covers.
public struct SignableRequest: Sendable, Hashable {
    /// A query parameter, not percent-encoded.
    public struct Parameter: Sendable, Hashable {
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
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A header to sign.
    public struct Header: Sendable, Hashable {
        /// The name, in any case.
        public var name: String
        /// The value as it's sent.
        public var value: String

        /// Creates a header.
        /// - Parameters:
        ///   - name: The name, in any case.
        ///   - value: The value as it's sent.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method, in upper case.
    public var method: String
    /// The path exactly as it's sent, percent-encoded and starting with `/`.
    ///
    /// ``PercentEncoding/encodePath(_:)`` encodes one.
    public var path: String
    /// The query parameters, in any order.
    public var query: [Parameter]
    /// The headers to sign, in the order they are sent.
    ///
    /// They must include `host`. Leave out headers that a proxy may change (`accept-encoding`, `user-agent`), and those
    /// that the signer adds itself.
    public var headers: [Header]

    /// Creates a description of a request.
    /// - Parameters:
    ///   - method: The method, in upper case.
    ///   - path: The path exactly as it's sent, percent-encoded and starting with `/`.
    ///   - query: The query parameters, in any order.
    ///   - headers: The headers to sign, including `host`.
    public init(method: String, path: String, query: [Parameter] = [], headers: [Header]) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }
}

extension SignableRequest.Parameter: CustomStringConvertible, CustomReflectable {
    /// The name and the value.
    ///
    /// The value is left out if it is a signature, a session token or an encryption key.
    public var description: String {
        let name = self.name.lowercased()
        let isSecret = ["x-amz-signature", "x-amz-security-token"].contains(name) || name.hasSuffix("-customer-key")
        return isSecret ? "\(self.name)=<secret>" : "\(self.name)=\(value)"
    }
    /// A mirror with the description alone.
    public var customMirror: Mirror { Mirror(self, children: ["parameter": description]) }
}

extension SignableRequest.Header: CustomStringConvertible, CustomReflectable {
    /// The name and the value.
    ///
    /// The value is left out if it contains a signature, a session token or an encryption key.
    public var description: String {
        let name = self.name.lowercased()
        let isSecret = ["authorization", "x-amz-security-token"].contains(name) || name.hasSuffix("-customer-key")
        return isSecret ? "\(self.name): <secret>" : "\(self.name): \(value)"
    }
    /// A mirror with the description alone.
    public var customMirror: Mirror { Mirror(self, children: ["header": description]) }
}

/// The part of a signature that covers a request's body.
public struct Payload: Sendable, Hashable {
    /// The last line of the canonical request, which is also the value of `x-amz-content-sha256`.
    public let headerValue: String

    /// A body that isn't signed (S3 and R2 only, over TLS).
    public static let unsigned = Payload(headerValue: "UNSIGNED-PAYLOAD")

    /// An empty body.
    public static let empty = Payload(
        headerValue: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    /// Returns the payload of a body in memory, whose SHA-256 is signed.
    /// - Parameter body: The body's bytes.
    /// - Returns: The payload.
    public static func bytes(_ body: some Sequence<UInt8>) -> Payload {
        let digest = SHA256.hash(data: Array(body))
        var hex: [UInt8] = []
        hex.reserveCapacity(64)
        digest.withUnsafeBytes { hex.appendHex($0) }
        return Payload(headerValue: String(decoding: hex, as: UTF8.self))
    }

    /// Returns the payload of a body whose SHA-256 is known.
    /// - Parameter hex: The SHA-256, as 64 lowercase hexadecimal digits.
    /// - Returns: The payload.
    /// - Throws: ``SigningError`` with the code `invalidPayloadHash`.
    public static func sha256(hex: String) throws(SigningError) -> Payload {
        let digits = hex.utf8
        guard digits.count == 64, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            throw SigningError(.invalidPayloadHash, "Invalid SHA-256: expected 64 lowercase hexadecimal digits.")
        }
        return Payload(headerValue: hex)
    }

    private init(headerValue: String) { self.headerValue = headerValue }
}
