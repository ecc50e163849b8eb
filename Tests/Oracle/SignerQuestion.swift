import SigV4

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A call of the general signer: the query form if there is a lifetime, otherwise the header form.
struct SignerQuestion: Decodable {
    struct Rules: Decodable {
        let base: String
        let sendsPayloadHash: Bool?
        let signsSessionToken: Bool?

        func rules() throws -> ServiceRules {
            let known: [String: ServiceRules] = ["s3": .s3, "standard": .standard]
            guard var rules = known[base] else { throw QuestionError("no rules are called '\(base)'") }
            if let sendsPayloadHash { rules.sendsPayloadHash = sendsPayloadHash }
            if let signsSessionToken { rules.signsSessionToken = signsSessionToken }
            return rules
        }
    }

    struct Body: Decodable {
        let kind: String
        /// The body in Base64, or its hash in hexadecimal digits.
        let value: String?

        func payload() throws -> Payload {
            switch (kind, value) {
            case ("unsigned", _): return .unsigned
            case ("empty", _): return .empty
            case ("sha256", let hex?): return try .sha256(hex: hex)
            case ("bytes", let base64?):
                guard let body = Data(base64Encoded: base64) else { throw QuestionError("the body is no base64") }
                return .bytes(body)
            default: throw QuestionError("no payload is called '\(kind)'")
            }
        }
    }

    let accessKeyID: String
    let secretAccessKey: String
    let sessionToken: String?
    let region: String
    let service: String
    let rules: Rules
    let method: String
    let path: String
    let query: [[String]]
    let headers: [[String]]
    let body: Body
    let lifetime: Int?
    /// The seconds since 1970.
    let time: Int64

    func answer() throws -> Answer {
        let credentials = SigningCredentials(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
        let signer = Signer(credentials: credentials, region: region, service: service, rules: try rules.rules())
        let request = SignableRequest(
            method: method, path: path, query: query.map { SignableRequest.Parameter($0[0], $0[1]) },
            headers: headers.map { SignableRequest.Header($0[0], $0[1]) })
        let time = try SigningTime(secondsSinceEpoch: time)
        let payload = try body.payload()
        if let lifetime {
            let signed = try signer.presign(request, payload: payload, expiresIn: .seconds(lifetime), at: time)
            return answer(signed.signature, Answer(query: signed.query))
        }
        let signed = try signer.sign(request, payload: payload, at: time)
        return answer(signed.signature, Answer(headers: signed.headers.map { [$0.name, $0.value] }))
    }

    private func answer(_ signature: Signature, _ answer: Answer) -> Answer {
        var answer = answer
        answer.canonicalRequest = signature.canonicalRequest.text
        answer.stringToSign = signature.stringToSign.text
        answer.signature = signature.hex
        return answer
    }
}
