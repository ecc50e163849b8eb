internal import SigV4

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An R2 API token's access key pair, or temporary credentials with a session token.
///
/// The secrets don't appear when a value is printed, dumped, reflected or interpolated. The type is deliberately not
/// `Codable`.
public struct R2Credentials: Sendable, Equatable {
    let signing: SigningCredentials

    /// The date at which temporary credentials expire.
    ///
    /// The presigner doesn't sign URLs that would be valid for longer.
    public let expiresAt: Date?

    /// Creates credentials.
    /// - Parameters:
    ///   - accessKeyID: The access key ID.
    ///   - secretAccessKey: The secret access key.
    ///   - sessionToken: The session token of temporary credentials.
    ///   - expiresAt: The date at which temporary credentials expire. If an R2 session token states an earlier date, or
    ///     this is `nil`, the token's date counts.
    /// - Throws: ``R2ValidationError`` with the code `invalidCredentials` if a string is empty, contains whitespace or
    ///   anything but printable ASCII, or is wrapped in quotation marks. The message doesn't contain the value.
    public init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Date? = nil
    ) throws(R2ValidationError) {
        guard expiresAt?.timeIntervalSince1970.isFinite != false else {
            throw R2ValidationError(
                .invalidCredentials, "Invalid expiry of credentials: expected a finite date or nil.")
        }
        try Self.check(accessKeyID, name: "access key ID")
        try Self.check(secretAccessKey, name: "secret access key")
        if let sessionToken { try Self.check(sessionToken, name: "session token") }
        signing = SigningCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
        let ends = [expiresAt, sessionToken.flatMap(SessionToken.expiry(of:))].compactMap { $0 }
        self.expiresAt = ends.min()
    }

    /// The access key ID, which is the public half of the key pair.
    public var accessKeyID: String { signing.accessKeyID }

    /// A Boolean value that indicates whether the credentials have a session token.
    public var isTemporary: Bool { signing.sessionToken != nil }

    /// A Boolean value that indicates whether the ID looks like a secret access key of R2, which has 64 hexadecimal
    /// digits where an ID has 32.
    var looksSwapped: Bool { accessKeyID.utf8.count == 64 && accessKeyID.utf8.allSatisfy(ASCII.isHexDigit) }

    /// The message for an ID that looks like a secret access key.
    static let swappedMessage =
        "Invalid access key ID: it looks like a secret access key. Check that the two aren't swapped."

    static func check(_ value: String, name: String) throws(R2ValidationError) {
        guard !value.isEmpty else { throw R2ValidationError(.invalidCredentials, "Invalid \(name): it's empty.") }
        guard value.utf8.allSatisfy(ASCII.isVisible) else {
            throw R2ValidationError(
                .invalidCredentials, "Invalid \(name): expected printable ASCII without whitespace. Copy it again.")
        }
        let isWrapped = { (mark: String) in value.utf8.count > 1 && value.hasPrefix(mark) && value.hasSuffix(mark) }
        guard !isWrapped("\""), !isWrapped("'") else {
            throw R2ValidationError(.invalidCredentials, "Invalid \(name): remove the quotation marks around it.")
        }
    }
}

extension R2Credentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The access key ID and the expiry, without secrets.
    public var description: String {
        let end = expiresAt.map { ", expiresAt: \($0.formatted(.iso8601))" } ?? ""
        return "R2Credentials(accessKeyID: \(accessKeyID), secretAccessKey: <secret>\(end))"
    }
    /// The same as the description.
    public var debugDescription: String { description }
    /// A mirror with the access key ID alone.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}
