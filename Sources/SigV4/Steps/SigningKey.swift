import Crypto

/// Step 3: the key for one day, region and service, derived from the secret access key.
///
/// Deriving it costs four HMACs; keep one and use it for the whole day.
public struct SigningKey: Sendable {
    /// What the key is good for.
    public let scope: CredentialScope
    let hash: KeyedHash

    /// Derives the key.
    public init(secretAccessKey: Secret, scope: CredentialScope) {
        var hash = KeyedHash(key: Array("AWS4".utf8) + Array(secretAccessKey.exposed.utf8))
        for step in [scope.date, scope.region, scope.service, "aws4_request"] {
            hash = KeyedHash(key: hash.authenticate(Array(step.utf8)))
        }
        self.scope = scope
        self.hash = hash
    }

    /// Step 4: signs, and gives the signature as 64 hexadecimal digits.
    public func signature(of stringToSign: StringToSign) -> String {
        var hex: [UInt8] = []
        hex.reserveCapacity(64)
        hash.authenticate(stringToSign.bytes).withUnsafeBytes { hex.appendHex($0) }
        return String(decoding: hex, as: UTF8.self)
    }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    /// The scope only.
    public var description: String { "SigningKey(\(scope))" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
