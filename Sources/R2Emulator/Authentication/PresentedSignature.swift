#if Emulator
/// The signature that a request presents, with all that it says about how it was made.
struct PresentedSignature: Sendable {
    /// The place of a signature in a request.
    enum Form: Sendable { case header, query }

    /// The place of the signature.
    let form: Form
    /// The credential, which has passed its checks.
    let credential: CredentialField
    /// The date of the request.
    let date: RequestDate
    /// The names of the signed headers, in lower case and in the order given.
    let signedHeaders: [String]
    /// The signature as sent.
    let hex: String
    /// The last line of the canonical request.
    let payload: String
    /// The session token of temporary credentials.
    let sessionToken: String?
}

/// The fields of an `Authorization` header: `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
struct AuthorizationField {
    let credential: String
    let signedHeaders: String
    let signature: String

    /// Reads a header, or returns `nil` if it has another scheme or lacks a field.
    ///
    /// The fields may be in any order, with or without spaces between them. Unknown ones are ignored.
    init?(_ value: String) {
        let scheme = "AWS4-HMAC-SHA256 "
        guard value.utf8.starts(with: scheme.utf8) else { return nil }
        var fields: [String: String] = [:]
        for field in value.utf8.dropFirst(scheme.utf8.count).split(separator: UInt8(ascii: ",")) {
            let sides = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                .map { String(Substring($0)).trimmed }
            if sides.count == 2 { fields[sides[0]] = sides[1] }
        }
        guard let credential = fields["Credential"], let signedHeaders = fields["SignedHeaders"],
            let signature = fields["Signature"]
        else { return nil }
        self.credential = credential
        self.signedHeaders = signedHeaders
        self.signature = signature
    }
}

extension String {
    /// The string without spaces and tabs at its ends.
    var trimmed: String {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let bytes = utf8.drop(while: isBlank)
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(bytes[...last]))
    }
}
#endif
