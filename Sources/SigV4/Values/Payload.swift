import Crypto

/// How a request's body takes part in its signature.
public struct Payload: Sendable, Hashable {
    /// The last line of the canonical request, and the value of `x-amz-content-sha256`.
    public let headerValue: String

    /// The body is not signed (S3 and R2 only, over TLS).
    public static let unsigned = Payload(headerValue: "UNSIGNED-PAYLOAD")

    /// There is no body.
    public static let empty = Payload(
        headerValue: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")

    /// The body is at hand, and its SHA-256 is signed.
    public static func bytes(_ body: some Sequence<UInt8>) -> Payload {
        let digest = SHA256.hash(data: Array(body))
        var hex: [UInt8] = []
        hex.reserveCapacity(64)
        digest.withUnsafeBytes { hex.appendHex($0) }
        return Payload(headerValue: String(decoding: hex, as: UTF8.self))
    }

    /// The body's SHA-256 is known.
    /// - Parameter hex: 64 lower-case hexadecimal digits.
    /// - Returns: The payload.
    /// - Throws: ``SigningError`` with the code `invalidPayloadHash`.
    public static func sha256(hex: String) throws(SigningError) -> Payload {
        let digits = hex.utf8
        guard digits.count == 64, digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else {
            throw SigningError(.invalidPayloadHash, "a SHA-256 in hexadecimal has 64 digits, 0-9 and a-f")
        }
        return Payload(headerValue: hex)
    }

    private init(headerValue: String) { self.headerValue = headerValue }
}
