import Crypto

/// Step 1: the request in the one form that signer and service both arrive at.
public struct CanonicalRequest: Sendable, Hashable {
    /// The six parts, each on its line.
    public let bytes: [UInt8]
    /// The names of the signed headers: lower case, sorted, joined by `;`.
    public let signedHeaders: String

    init(method: String, path: [UInt8], query: [UInt8], headers: CanonicalHeaders, payload: Payload) {
        var bytes: [UInt8] = []
        bytes.append(method)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(bytes: path)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(bytes: query)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(bytes: headers.lines)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(headers.names)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(payload.headerValue)
        self.bytes = bytes
        self.signedHeaders = headers.names
    }

    /// The SHA-256 of the bytes, which goes into the string to sign.
    var digest: SHA256Digest { SHA256.hash(data: bytes) }

    /// The bytes as text.
    ///
    /// It holds the session token of temporary credentials: do not log it.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension CanonicalRequest: CustomStringConvertible, CustomReflectable {
    /// The signed headers only, because the query may hold a session token.
    public var description: String { "CanonicalRequest(signedHeaders: \(signedHeaders))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
