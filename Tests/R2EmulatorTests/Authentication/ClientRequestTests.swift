#if Emulator
import Foundation
import HTTPTypes
import R2Kit
import SigV4
import TestSupport
import Testing

@testable import R2Emulator

@Suite("Requests of R2Kit's signers")
struct ClientRequestTests {
    private static let seed = UInt64.random(in: 0..<1_000_000_000)

    private static func config() throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint("http://\(Signed.host)"),
            credentials: R2Credentials(accessKeyID: Signed.id, secretAccessKey: Signed.secret),
            bucket: BucketName("media"))
    }

    @Test func `300 random presigned requests are accepted, and refused after a change`() throws {
        print("ClientRequestTests: seed \(Self.seed)")
        let presigner = R2Presigner(try Self.config())
        var random = SeededGenerator(seed: Self.seed, "presigned")
        for number in 0..<300 {
            let key = try ObjectKey(random.key())
            let lifetime = Duration.seconds(Int64.random(in: 1...604_800, using: &random))
            let headers: HTTPFields = random.happens(0.5) ? [.contentType: "video/mp4", .ifNoneMatch: "*"] : [:]
            let presigned = try presigner.presign(
                random.pick([.get, .put, .head, .delete]), key: key, parameters: random.parameters(), headers: headers,
                expiresIn: lifetime, at: Signed.now)
            let request = EmulatorRequest(presigned)
            let refusal = Signed.refusal(of: request)
            #expect(refusal == nil, "\(number): \(request.target) \(refusal?.explanation ?? "")")
            try Self.expectRefusals(of: request, &random)
        }
    }

    @Test func `300 random requests with signed headers are accepted, and refused after a change`() throws {
        print("ClientRequestTests: seed \(Self.seed)")
        let signer = R2RequestSigner(try Self.config())
        var random = SeededGenerator(seed: Self.seed, "headers")
        for number in 0..<300 {
            let body = Array(random.key().utf8)
            var operation = R2OperationRequest(
                method: random.happens(0.5) ? .put : .get,
                key: random.happens(0.9) ? try ObjectKey(random.key()) : nil, query: random.parameters())
            if operation.method == .put {
                operation.body = .bytes(body)
                operation.headerFields[.contentType] = "video/mp4"
                operation.key = try ObjectKey(random.key())
            }
            let signed = try signer.sign(operation, at: Signed.now)
            let request = EmulatorRequest(signed.request)
            let sent = operation.method == .put ? body : []
            let refusal = Signed.refusal(of: request, body: sent)
            #expect(refusal == nil, "\(number): \(request.target) \(refusal?.explanation ?? "")")
            #expect(Signed.refusal(of: request, body: sent + [0])?.code == "XAmzContentSHA256Mismatch")
            try Self.expectRefusals(of: request, &random)
        }
    }

    private static func expectRefusals(of request: EmulatorRequest, _ random: inout SeededGenerator) throws {
        let names =
            (request.header("authorization").flatMap(AuthorizationField.init)?.signedHeaders)
            ?? request.parameter("X-Amz-SignedHeaders") ?? ""
        let changes = Change.all(of: request, signedHeaders: names.split(separator: ";").map(String.init))
        for _ in 0..<8 {
            let change = random.pick(changes)
            #expect(Signed.refusal(of: change.request) != nil, "\(change.name)")
        }
    }
}

extension SeededGenerator {
    /// Returns a key of one to three segments from difficult characters.
    fileprivate mutating func key() -> String {
        let characters = Array("abcXYZ019-._~!*'()+ %&=?#@:;,$[]{}|^\"<>é講👩🏽‍🏫")
        let segments = (0...next(3)).map { _ in "k" + String((0...next(12)).map { _ in pick(characters) }) }
        return segments.joined(separator: "/")
    }

    /// Returns parameters that don't lead to another operation.
    fileprivate mutating func parameters() -> [QueryParameter] {
        (0..<next(4)).map { number in QueryParameter(name: "x-test-\(number)", value: key()) }
    }
}

extension EmulatorRequest {
    /// Creates the request that a client sends for a presigned one.
    init(_ request: PresignedRequest) {
        let rest = request.url.dropFirst("http://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        self.init(
            method: request.method.rawValue, target: String(rest[slash...]),
            headers: [("host", String(rest[..<slash]))] + request.headers.map { ($0.name.canonicalName, $0.value) })
    }

    /// Creates the request that a client sends.
    init(_ request: HTTPRequest) {
        self.init(
            method: request.method.rawValue, target: request.path ?? "",
            headers: [("host", request.authority ?? "")]
                + request.headerFields.map { ($0.name.canonicalName, $0.value) })
    }
}
#endif
