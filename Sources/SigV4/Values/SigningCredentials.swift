/// An access key pair, with a session token if the credentials are temporary.
///
/// Printing, dumping or reflecting it shows the access key id only. It is deliberately not `Codable`.
public struct SigningCredentials: Sendable, Equatable {
    /// The public half, which is part of every signed request.
    public let accessKeyID: String
    /// The secret half.
    public let secretAccessKey: Secret
    /// The token that comes with temporary credentials.
    public let sessionToken: Secret?

    /// Takes the values as they are.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = Secret(secretAccessKey)
        self.sessionToken = sessionToken.map(Secret.init)
    }
}

extension SigningCredentials: CustomStringConvertible, CustomDebugStringConvertible {
    /// The access key id, without the secrets.
    public var description: String { "SigningCredentials(accessKeyID: \(accessKeyID), secretAccessKey: <secret>)" }
    /// The access key id, without the secrets.
    public var debugDescription: String { description }
}
