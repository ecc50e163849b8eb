import Crypto

/// An access key pair, with a session token if the credentials are temporary.
///
/// Printing, dumping or reflecting it shows the access key ID alone. The type is deliberately not `Codable`.
public struct SigningCredentials: Sendable, Equatable {
    /// The public half of the pair, which is part of every signed request.
    public let accessKeyID: String
    /// The secret half of the pair.
    public let secretAccessKey: Secret
    /// The token that comes with temporary credentials.
    public let sessionToken: Secret?

    /// Creates credentials.
    /// - Parameters:
    ///   - accessKeyID: The access key ID.
    ///   - secretAccessKey: The secret access key.
    ///   - sessionToken: The session token of temporary credentials.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = Secret(secretAccessKey)
        self.sessionToken = sessionToken.map(Secret.init)
    }
}

extension SigningCredentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The access key ID, without the secrets.
    public var description: String { "SigningCredentials(accessKeyID: \(accessKeyID), secretAccessKey: <secret>)" }
    /// The access key ID, without the secrets.
    public var debugDescription: String { description }
}

/// A string that prints, dumps and reflects as `<secret>`, and isn't `Codable`.
///
/// Only ``exposed`` reads it, so that every such place can be found by searching for that word. Comparing two secrets
/// takes a time that doesn't depend on where they differ.
public struct Secret: Sendable, Equatable {
    /// The string itself.
    ///
    /// Don't log it.
    public let exposed: String

    /// Creates a secret.
    /// - Parameter text: The string to hide.
    public init(_ text: String) { exposed = text }

    /// Compares in constant time for secrets of the same length.
    public static func == (first: Secret, second: Secret) -> Bool {
        // Crypto compares keys in constant time.
        SymmetricKey(data: Array(first.exposed.utf8)) == SymmetricKey(data: Array(second.exposed.utf8))
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always `<secret>`.
    public var description: String { "<secret>" }
    /// Always `<secret>`.
    public var debugDescription: String { "<secret>" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
