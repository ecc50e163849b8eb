#if Emulator
import SigV4

/// The signature that the emulator computes for a request, to compare with the presented one.
///
/// Nothing shows the computed signature: it would authorize the request.
struct SignatureVerification {
    private let parts: CanonicalParts
    private let presented: PresentedSignature
    private let secret: Secret

    /// Creates a verification.
    /// - Parameters:
    ///   - parts: The parts of the request.
    ///   - presented: The signature that the request presents.
    ///   - secret: The secret access key.
    init(of parts: CanonicalParts, presented: PresentedSignature, secret: Secret) {
        self.parts = parts
        self.presented = presented
        self.secret = secret
    }

    /// Returns if the signature is right.
    /// - Throws: A ``Refusal`` with both canonical forms if it isn't.
    func check() throws(Refusal) {
        guard let computed = Computation(of: parts, presented: presented, secret: secret) else { throw .unauthorized }
        guard !computed.matches(presented.hex) else { return }
        let canonical = computed.canonicalRequest
        let redacted = Computation(of: parts.redacted, presented: presented, secret: secret)
        let hints = SignatureDiagnosis(of: parts, presented: presented, secret: secret).hints
        throw Refusal(
            status: 403, code: "SignatureDoesNotMatch",
            message: "The request signature we calculated does not match the signature you provided. "
                + "Check your secret access key and signing method.",
            details: [
                ("StringToSign", computed.stringToSign.text),
                ("StringToSignBytes", Self.bytes(computed.stringToSign.bytes)),
                ("CanonicalRequest", canonical.text),
                ("CanonicalRequestBytes", Self.bytes(canonical.bytes)),
                ("SignatureProvided", presented.hex),
            ],
            explanation: (hints + [
                "Canonical request of the emulator:", redacted?.canonicalRequest.text ?? "",
                "", "String to sign of the emulator:", computed.stringToSign.text,
            ]).joined(separator: "\n"))
    }

    /// Two digits for each byte, with spaces in between.
    private static func bytes(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}

extension SignatureVerification {
    /// The four steps of Signature Version 4.
    struct Computation {
        /// The result of step 1.
        let canonicalRequest: CanonicalRequest
        /// The result of step 2.
        let stringToSign: StringToSign
        private let hex: Secret

        /// Creates the results, or returns `nil` for a date before 1970, at which nobody can sign.
        init?(of parts: CanonicalParts, presented: PresentedSignature, secret: Secret, service: String = "s3") {
            guard let time = try? SigningTime(secondsSinceEpoch: presented.date.seconds) else { return nil }
            let scope = CredentialScope(time: time, region: presented.credential.region, service: service)
            canonicalRequest = parts.canonicalRequest
            stringToSign = StringToSign(canonicalRequest, time: time, scope: scope)
            hex = Secret(SigningKey(secretAccessKey: secret, scope: scope).signature(of: stringToSign))
        }

        /// Compares in constant time.
        func matches(_ signature: String) -> Bool { hex == Secret(signature) }
    }
}
#endif
