import Foundation
import SigV4
import Testing

/// AWS's own test suite for Signature Version 4, read from `Vectors/signing-suite.json`.
struct SuiteCase: Decodable, CustomTestStringConvertible {
    struct Expected: Decodable {
        var canonicalRequest: String
        var stringToSign: String
        var signature: String
        var authorization: String?
    }

    var name: String
    var method: String
    var path: String
    var query: [[String]]?
    var headers: [[String]]
    var body: String?
    var normalizesPath: Bool
    var signsBody: Bool?
    var sessionToken: String?
    var signsSessionToken: Bool?
    var header: Expected
    var queryForm: Expected

    enum CodingKeys: String, CodingKey {
        case name, method, path, query, headers, body, normalizesPath, signsBody, sessionToken, signsSessionToken
        case header
        case queryForm = "query-form"
    }

    var testDescription: String { name }

    static let all: [SuiteCase] = {
        do {
            guard let url = Bundle.module.url(forResource: "Vectors/signing-suite", withExtension: "json") else {
                return []
            }
            return try JSONDecoder().decode([SuiteCase].self, from: Data(contentsOf: url))
        } catch {
            print("signing-suite.json cannot be read: \(error)")
            return []
        }
    }()

    var request: SignableRequest {
        SignableRequest(
            method: method, path: path, query: (query ?? []).map { .init($0[0], $0[1]) },
            headers: headers.map { .init($0[0], $0[1]) })
    }

    var payload: Payload { .bytes((signsBody == true ? body ?? "" : "").utf8) }

    var signer: Signer {
        Signer(
            credentials: SigningCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: sessionToken),
            region: "us-east-1", service: "service",
            rules: ServiceRules(
                doubleEncodesPath: true, normalizesPath: normalizesPath, sendsPayloadHash: signsBody == true,
                signsSessionToken: signsSessionToken ?? true))
    }

    static var time: SigningTime { get throws { try SigningTime(secondsSinceEpoch: 1_440_938_160) } }
}
