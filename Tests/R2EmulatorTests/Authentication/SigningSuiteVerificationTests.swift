#if Emulator
import Foundation
import SigV4
import Testing

@testable import R2Emulator

/// A case of AWS's test suite for Signature Version 4, as far as a server sees it.
struct SuiteCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Expected: Decodable {
        var canonicalRequest: String
        var stringToSign: String
        var signature: String
    }

    var name: String
    var method: String
    var query: [[String]]?
    var headers: [[String]]
    var body: String?
    var signsBody: Bool?
    var sessionToken: String?
    var signsSessionToken: Bool?
    var header: Expected
    var queryForm: Expected

    enum CodingKeys: String, CodingKey {
        case name, method, query, headers, body, signsBody, sessionToken, signsSessionToken, header
        case queryForm = "query-form"
    }

    var testDescription: String { name }

    static let timestamp = "20150830T123600Z"
    static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    static let id = "AKIDEXAMPLE"

    static let all: [SuiteCase] = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = tests.appendingPathComponent("SigV4Tests/Vectors/signing-suite.json")
        do {
            return try JSONDecoder().decode([SuiteCase].self, from: Data(contentsOf: file))
        } catch {
            print("signing-suite.json can't be read: \(error)")
            return []
        }
    }()

    /// The path that AWS signs, which S3's and R2's rule makes the one that's sent.
    var path: String { String(header.canonicalRequest.split(separator: "\n", omittingEmptySubsequences: false)[1]) }
    var payload: Payload { .bytes((signsBody == true ? body ?? "" : "").utf8) }

    private var pairs: [String] {
        (query ?? []).map { "\(PercentEncoding.encode($0[0]))=\(PercentEncoding.encode($0[1]))" }
    }

    /// The request with AWS's signature, in one form.
    func received(_ form: PresentedSignature.Form) throws -> (EmulatorRequest, PresentedSignature) {
        let expected = form == .header ? header : queryForm
        let lines = expected.canonicalRequest.split(separator: "\n", omittingEmptySubsequences: false)
        var sent = headers.map { ($0[0], $0[1]) }
        var pairs = pairs
        if form == .header {
            sent.append(("X-Amz-Date", Self.timestamp))
            if signsBody == true { sent.append(("x-amz-content-sha256", payload.headerValue)) }
            if let sessionToken { sent.append(("X-Amz-Security-Token", sessionToken)) }
        } else {
            // Everything that AWS's signer added, in the order that it's sent.
            pairs = lines[2].split(separator: "&").map(String.init)
        }
        let request = EmulatorRequest(
            method: method, target: pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))", headers: sent)
        let date = try #require(RequestDate(Self.timestamp))
        let credential = try CredentialField(
            "\(Self.id)/20150830/us-east-1/s3/aws4_request", signedAt: date
        ) { $0 == Self.id }
        let names = lines[lines.count - 2].split(separator: ";").map(String.init)
        return (
            request,
            PresentedSignature(
                form: form, credential: credential, date: date, signedHeaders: names, hex: expected.signature,
                payload: String(lines[lines.count - 1]), sessionToken: nil)
        )
    }
}

@Suite("AWS's signing test suite, verified")
struct SigningSuiteVerificationTests {
    private static let authenticator = Authenticator(
        keys: [AccessKey(id: SuiteCase.id, secret: Secret(SuiteCase.secret))])

    private static func isAccepted(
        _ request: EmulatorRequest, _ presented: PresentedSignature
    ) -> Bool {
        let computed = SignatureVerification.Computation(
            of: CanonicalParts(request, signature: presented), presented: presented, secret: Secret(SuiteCase.secret),
            service: "service")
        return computed?.matches(presented.hex) == true
    }

    @Test func `all 38 cases are there`() {
        #expect(SuiteCase.all.count == 38)
    }

    @Test(arguments: SuiteCase.all)
    func `AWS's signature is accepted, and refused after each change`(_ suite: SuiteCase) throws {
        for form in [PresentedSignature.Form.header, .query] {
            let (request, presented) = try suite.received(form)
            let expected = form == .header ? suite.header : suite.queryForm
            let parts = CanonicalParts(request, signature: presented)
            #expect(parts.canonicalRequest.text == expected.canonicalRequest)
            #expect(Self.isAccepted(request, presented))
            let changes = Change.all(of: request, signedHeaders: presented.signedHeaders)
            #expect(changes.count > 8)
            for change in changes {
                #expect(!Self.isAccepted(change.request, presented), "\(form): \(change.name)")
            }
            for index in presented.hex.indices {
                let other = presented.with(hex: presented.hex.changed(at: index))
                #expect(!Self.isAccepted(request, other), "\(form): digit \(index)")
            }
            #expect(!Self.isAccepted(request, presented.with(payload: Payload.bytes("x".utf8).headerValue)))
        }
    }

    @Test(arguments: SuiteCase.all)
    func `signed for S3, it passes every check, and none after a change`(_ suite: SuiteCase) throws {
        let now = Date(timeIntervalSince1970: 1_440_938_160)
        let signer = Signer(
            credentials: SigningCredentials(accessKeyID: SuiteCase.id, secretAccessKey: SuiteCase.secret),
            region: "us-east-1", service: "s3", rules: .s3)
        let query = (suite.query ?? []).map { ($0[0], $0[1]) }
        let headers = suite.headers.filter { $0[0].lowercased() != "host" }.map { ($0[0], $0[1]) }
        let requests = [
            try Signed.header(
                suite.method, suite.path, query: query, headers: headers, payload: suite.payload, signer: signer,
                at: now),
            try Signed.query(suite.method, suite.path, query: query, headers: headers, signer: signer, at: now),
        ]
        let body = Array((suite.signsBody == true ? suite.body ?? "" : "").utf8)
        for (request, isHeader) in zip(requests, [true, false]) {
            func refusal(_ request: EmulatorRequest, _ body: [UInt8]) -> Refusal? {
                Signed.refusal(of: request, body: body, by: Self.authenticator, at: now)
            }
            #expect(refusal(request, body) == nil)
            if isHeader { #expect(refusal(request, body + [0])?.code == "XAmzContentSHA256Mismatch") }
            let names =
                headers.map { $0.0.lowercased() } + ["host"] + (isHeader ? ["x-amz-date", "x-amz-content-sha256"] : [])
            // The test above tries every byte.
            let changes = Change.all(of: request, signedHeaders: names)
            for (position, change) in changes.enumerated() where position % 7 == 0 {
                #expect(refusal(change.request, body) != nil, "\(change.name)")
            }
            guard isHeader, let value = request.header("authorization") else { continue }
            for (position, index) in value.indices.enumerated()
            where position % 7 == 0 && value[index] != "," && value[index] != " " {
                let changed = request.with("authorization", value.changed(at: index))
                #expect(refusal(changed, body) != nil, "authorization \(value.changed(at: index))")
            }
        }
    }
}

extension PresentedSignature {
    func with(hex: String? = nil, payload: String? = nil) -> PresentedSignature {
        PresentedSignature(
            form: form, credential: credential, date: date, signedHeaders: signedHeaders, hex: hex ?? self.hex,
            payload: payload ?? self.payload, sessionToken: sessionToken)
    }
}
#endif
