#if Emulator
import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds out who sent a request, by its signature, with R2's checks in R2's order.
///
/// No setting turns a check off. Source: the observed rules of R2's S3 API, "Order of checks".
struct Authenticator: Sendable {
    /// The behavior that no source about R2 settles.
    struct Settings: Sendable {
        /// The account that session tokens must name, or `nil` to accept every account.
        var accountID: String?
        /// A Boolean value that indicates whether every `x-amz-` header must be signed, as AWS requires.
        var requiresSignedAmzHeaders = false
        /// A Boolean value that indicates whether a URL is refused until the date at which it was signed, as AWS does.
        var refusesFutureURLs = false
    }

    /// The tolerance for the date of a header-signed request, in seconds.
    static let maximumSkew = 900.0

    private let keys: [String: AccessKey]
    private let settings: Settings

    /// Creates an authenticator.
    /// - Parameters:
    ///   - keys: The access keys. If two have the same ID, the latter counts.
    ///   - settings: The behavior that no source settles.
    init(keys: [AccessKey], settings: Settings = Settings()) {
        self.keys = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        self.settings = settings
    }

    /// Returns a Boolean value that indicates whether a request has a signature in either form.
    ///
    /// Names of parameters are compared exactly: `x-amz-credential` is an ordinary parameter.
    static func isSigned(_ request: EmulatorRequest) -> Bool {
        request.header("authorization") != nil || request.hasParameter("X-Amz-Credential")
    }

    /// Checks the signature of a request.
    ///
    /// With both forms at once, the header counts, and the query's parameters are ordinary ones.
    /// - Parameters:
    ///   - request: The request.
    ///   - now: The current date.
    /// - Returns: The caller.
    /// - Throws: A ``Refusal`` of the first check that fails.
    func authenticate(_ request: EmulatorRequest, at now: Date) throws(Refusal) -> Caller {
        if let authorization = request.header("authorization") {
            let presented = try headerSignature(authorization, of: request, at: now)
            let (key, grant) = try verify(presented, of: request, at: now)
            return Caller(accessKey: key, grant: grant, bodyCheck: try BodyCheck(headerValue: presented.payload))
        }
        guard request.hasParameter("X-Amz-Credential") else { throw .notSigned }
        let presented = try querySignature(of: request, at: now)
        let (key, grant) = try verify(presented, of: request, at: now)
        return Caller(accessKey: key, grant: grant, bodyCheck: BodyCheck(expected: nil))
    }

    /// Checks what a preflight request shows of the signature of the request that it announces.
    ///
    /// A preflight request has neither the announced method nor the values of signed headers. So the signature is only
    /// checked if it covers no header but `host`.
    /// - Parameters:
    ///   - request: The preflight request.
    ///   - method: The announced method.
    ///   - now: The current date.
    /// - Returns: The caller of the announced request, or `nil` if the URL isn't signed.
    /// - Throws: A ``Refusal`` of the first check that fails.
    func authenticatePreflight(
        _ request: EmulatorRequest, for method: String, at now: Date
    ) throws(Refusal) -> Caller? {
        guard request.hasParameter("X-Amz-Credential") else { return nil }
        let presented = try querySignature(of: request, at: now)
        let (key, grant) = try verify(
            presented, of: request, method: method, checksSignature: presented.signedHeaders == ["host"], at: now)
        return Caller(accessKey: key, grant: grant, bodyCheck: BodyCheck(expected: nil))
    }
}

// MARK: - Header form

extension Authenticator {
    private func headerSignature(
        _ authorization: String, of request: EmulatorRequest, at now: Date
    ) throws(Refusal) -> PresentedSignature {
        guard let payload = request.header("x-amz-content-sha256") else { throw .missingPayloadHash }
        let name = request.header("x-amz-date") == nil ? "date" : "x-amz-date"
        guard let dateText = request.header(name) else { throw .missingDate }
        guard let date = RequestDate(dateText) else { throw .invalidDate(dateText, in: "'\(name)' header") }
        guard abs(date.seconds(until: now)) <= Self.maximumSkew else { throw .tooSkewed }
        guard let field = AuthorizationField(authorization) else { throw .unsupportedAlgorithm }
        let credential = try CredentialField(field.credential, signedAt: date) { keys[$0] != nil }
        return PresentedSignature(
            form: .header, credential: credential, date: date, signedHeaders: Self.names(field.signedHeaders),
            hex: field.signature, payload: payload, sessionToken: request.header("x-amz-security-token"))
    }
}

// MARK: - Query form

extension Authenticator {
    private func querySignature(
        of request: EmulatorRequest, at now: Date
    ) throws(Refusal) -> PresentedSignature {
        let names = ["X-Amz-Algorithm", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"]
        let values = names.map(request.parameter)
        let missing = zip(names, values).filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty else { throw .missingParameters(missing) }
        let given = values.compactMap { $0 }
        guard given[0] == "AWS4-HMAC-SHA256" else { throw .unsupportedAlgorithm }
        guard let date = RequestDate(given[2]) else { throw .invalidDate(given[2], in: "X-Amz-Date") }
        let credential = try CredentialField(request.parameter("X-Amz-Credential") ?? "", signedAt: date) {
            keys[$0] != nil
        }
        // R2 looks the key up with the credential, before the expiry.
        guard keys[credential.keyID] != nil else { throw .unauthorized }
        guard let lifetime = Self.number(given[4]) else { throw .invalidExpiry }
        guard lifetime <= 604_800 else { throw .tooLongExpiry }
        let age = date.seconds(until: now)
        guard lifetime >= 1, age <= lifetime else { throw .expired }
        if settings.refusesFutureURLs, age < -Self.maximumSkew { throw .notYetValid }
        return PresentedSignature(
            form: .query, credential: credential, date: date, signedHeaders: Self.names(given[3]), hex: given[1],
            payload: "UNSIGNED-PAYLOAD",
            sessionToken: request.parameter("X-Amz-Security-Token") ?? request.header("x-amz-security-token"))
    }

    /// Returns the value of a decimal number, which may have a fraction, a sign or an exponent.
    private static func number(_ text: String) -> Double? {
        let text = text.utf8.filter { $0 != UInt8(ascii: " ") }
        guard text.allSatisfy("0123456789+-.eE".utf8.contains) else { return nil }
        return Double(String(decoding: text, as: UTF8.self))
    }
}

// MARK: - Both forms

extension Authenticator {
    /// Returns the names of signed headers.
    private static func names(_ text: String) -> [String] {
        text.lowercased().utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
    }

    /// Checks a signature, and then the session token, if there's one.
    private func verify(
        _ presented: PresentedSignature, of request: EmulatorRequest, method: String? = nil,
        checksSignature: Bool = true, at now: Date
    ) throws(Refusal) -> (AccessKey, SessionGrant?) {
        guard let key = keys[presented.credential.keyID] else { throw .unauthorized }
        guard presented.signedHeaders.contains("host") else { throw .unauthorized }
        let token = presented.sessionToken.flatMap(SessionToken.init)
        if checksSignature {
            // A token that isn't one of R2's doesn't change the secret, and is refused after the signature.
            let parts = CanonicalParts(request, signature: presented, method: method)
            try SignatureVerification(of: parts, presented: presented, secret: token?.secret ?? key.secret).check()
        }
        if settings.requiresSignedAmzHeaders { try checkAmzHeaders(presented, of: request) }
        guard presented.sessionToken != nil else { return (key, nil) }
        guard let token else {
            throw .invalidSessionToken(
                "The session token isn't one of R2's. Remove it, or use R2's temporary credentials.")
        }
        let host = request.header("host") ?? ""
        return (key, try token.grant(from: key, host: host, accountID: settings.accountID, at: now))
    }

    private func checkAmzHeaders(_ presented: PresentedSignature, of request: EmulatorRequest) throws(Refusal) {
        let unsigned = request.headers.map { $0.name.lowercased() }
            .filter { $0.hasPrefix("x-amz-") && !presented.signedHeaders.contains($0) }
        guard unsigned.isEmpty else { throw .unsignedHeaders(unsigned) }
    }
}
#endif
