internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An R2 API token's access key pair, or temporary credentials with a session token.
///
/// The secrets do not appear when a value is printed, dumped, reflected or put into a text, and it is deliberately not
/// `Codable`.
public struct R2Credentials: Sendable, Equatable {
    let signing: SigningCredentials

    /// When temporary credentials end.
    ///
    /// A URL that would live longer is refused.
    public let expiresAt: Date?

    /// Checks and keeps an access key pair.
    /// - Parameters:
    ///   - accessKeyID: The access key id.
    ///   - secretAccessKey: The secret access key.
    ///   - sessionToken: The session token of temporary credentials.
    ///   - expiresAt: When temporary credentials end. The end that a token minted for R2
    ///     states counts if it is earlier, or if this is left out.
    /// - Throws: ``R2KitError`` with the code `invalidCredentials` if one of them is empty, holds white space or
    ///   anything but printable ASCII, or is wrapped in quotation marks. The message does not repeat the value.
    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Date? = nil
    ) throws(R2KitError) {
        guard expiresAt?.timeIntervalSince1970.isFinite != false else {
            throw R2KitError(.invalidCredentials, "the end of temporary credentials must be an instant, or left out")
        }
        try Self.check(accessKeyID, name: "the access key id")
        try Self.check(secretAccessKey, name: "the secret access key")
        if let sessionToken { try Self.check(sessionToken, name: "the session token") }
        signing = SigningCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
        let ends = [expiresAt, sessionToken.flatMap(SessionToken.expiry(of:))].compactMap { $0 }
        self.expiresAt = ends.min()
    }

    /// The public half of the key pair.
    public var accessKeyID: String { signing.accessKeyID }

    /// Whether a session token goes with the key pair.
    public var isTemporary: Bool { signing.sessionToken != nil }

    /// Whether the id has the form of R2's secret access keys: 64 hexadecimal digits; its ids have 32.
    var looksSwapped: Bool { accessKeyID.utf8.count == 64 && accessKeyID.utf8.allSatisfy(ASCII.isHexDigit) }

    static func check(_ value: String, name: String) throws(R2KitError) {
        guard !value.isEmpty else { throw R2KitError(.invalidCredentials, "\(name) must not be empty") }
        guard value.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw R2KitError(
                .invalidCredentials,
                "\(name) must be printable ASCII without white space: copy it again as it was shown")
        }
        let isWrapped = { (mark: String) in value.utf8.count > 1 && value.hasPrefix(mark) && value.hasSuffix(mark) }
        guard !isWrapped("\""), !isWrapped("'") else {
            throw R2KitError(.invalidCredentials, "\(name) is wrapped in quotation marks: remove them")
        }
    }
}

extension R2Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The access key id, and when the credentials end; never a secret.
    public var description: String {
        let end = expiresAt.map { ", expiresAt: \($0.formatted(.iso8601))" } ?? ""
        return "R2Credentials(accessKeyID: \(accessKeyID), secretAccessKey: <secret>\(end))"
    }
    /// The same as the description.
    public var debugDescription: String { description }
    /// A mirror with the access key id alone.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
