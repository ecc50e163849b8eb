import Crypto

/// Step 2: algorithm, time, scope and the canonical request's hash, each on its line.
public struct StringToSign: Sendable, Hashable {
    /// The four lines.
    public let bytes: [UInt8]

    /// Joins the four lines.
    public init(_ request: CanonicalRequest, time: SigningTime, scope: CredentialScope) {
        var bytes = Self.prefix(time: time, scope: scope)
        request.digest.withUnsafeBytes { bytes.appendHex($0) }
        self.bytes = bytes
    }

    /// Everything before the hash: the same for all requests of one second.
    static func prefix(time: SigningTime, scope: CredentialScope) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append("AWS4-HMAC-SHA256\n")
        bytes.appendTimestamp(time)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(scope.description)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// The bytes as text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
