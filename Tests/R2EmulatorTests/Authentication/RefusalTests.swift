#if Emulator
import Foundation
import SigV4
import Testing

@testable import R2Emulator

@Suite("Refusals of authentication")
struct RefusalTests {
    @Test(arguments: RefusalRow.headerForm + RefusalRow.queryForm)
    func `each has R2's status, code and message`(_ row: RefusalRow) throws {
        let refusal = try #require(Signed.refusal(of: try row.request(), body: Array("a body".utf8)))
        #expect(refusal.status == row.status)
        #expect(refusal.code == row.code)
        #expect(refusal.message == row.message)
        #expect(refusal.headers.isEmpty)
        #expect(refusal.details.map(\.0) == (row.code == "SignatureDoesNotMatch" ? Self.details : []))
    }

    private static let details = [
        "StringToSign", "StringToSignBytes", "CanonicalRequest", "CanonicalRequestBytes", "SignatureProvided",
    ]

    @Test func `a mismatch tells both texts, in letters and in bytes`() throws {
        let request = try Signed.header(query: [("a", "b c")]).with(method: "HEAD")
        let details = try #require(Signed.refusal(of: request)).details
        let hash = "UNSIGNED-PAYLOAD"
        let canonical = """
            HEAD
            /media/videos/1.mp4
            a=b%20c
            host:127.0.0.1:9000
            x-amz-content-sha256:\(hash)
            x-amz-date:20260102T030405Z

            host;x-amz-content-sha256;x-amz-date
            \(hash)
            """
        #expect(details[2].1 == canonical)
        #expect(details[3].1.hasPrefix("48 45 41 44 0a 2f 6d"))
        #expect(details[3].1.split(separator: " ").count == canonical.utf8.count)
        #expect(details[0].1.hasPrefix("AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/auto/s3/aws4_request\n"))
        #expect(details[1].1.hasPrefix("41 57 53 34 2d"))
        #expect(details[4].1 == request.header("authorization")?.suffix(64).description)
    }

    // MARK: The order of the checks

    @Test func `the checks of the header form run in R2's order`() throws {
        // Each step repairs what the one before was refused for. All later mistakes are in the request already.
        let old = Signed.now.addingTimeInterval(-1000)
        let valid = try Signed.header("PUT", payload: .bytes("a body".utf8))
        let hash = try #require(valid.header("x-amz-content-sha256"))
        let signature = try #require(valid.header("authorization")?.suffix(64))
        var fields = [
            "Credential=a/1/x/y", "SignedHeaders=x-amz-date",
            "Signature=\(signature.reversed().map(String.init).joined())",
        ]
        var request = valid.with("x-amz-content-sha256", nil).with("x-amz-date", nil).with("authorization", "AWS x:y")
        func authorize(_ index: Int, _ field: String) {
            fields[index] = field
            request = request.with("authorization", "AWS4-HMAC-SHA256 \(fields.joined(separator: ", "))")
        }
        let other = "fedcba9876543210fedcba9876543210"
        let host = "SignedHeaders=host;x-amz-content-sha256;x-amz-date"
        let steps: [(String, () throws -> Void)] = [
            ("Missing x-amz-content-sha256", { request = request.with("x-amz-content-sha256", hash) }),
            ("No date provided", { request = request.with("x-amz-date", "today") }),
            ("didn't parse", { request = request.with("x-amz-date", try Signed.time(old).timestamp) }),
            ("time is too large", { request = request.with("x-amz-date", try Signed.time(Signed.now).timestamp) }),
            ("Please use", { authorize(0, fields[0]) }),
            ("at least 5", { authorize(0, "Credential=a/20260101/nowhere/x/y") }),
            ("has length 1", { authorize(0, "Credential=\(other)/20260101/nowhere/x/y") }),
            ("service should be", { authorize(0, "Credential=\(other)/20260101/nowhere/s3/y") }),
            ("termination string", { authorize(0, "Credential=\(other)/20260101/nowhere/s3/aws4_request") }),
            ("region name", { authorize(0, "Credential=\(other)/20260101/auto/s3/aws4_request") }),
            ("Credential signed date", { authorize(0, "Credential=\(other)/20260102/auto/s3/aws4_request") }),
            ("Unauthorized", { authorize(0, "Credential=\(Signed.id)/20260102/auto/s3/aws4_request") }),
            ("Unauthorized", { authorize(1, host) }),
            ("does not match the signature", { authorize(2, "Signature=\(signature)") }),
            ("does not match what was computed", {}),
        ]
        for (message, repair) in steps {
            let refusal = try #require(Signed.refusal(of: request, body: Array("other".utf8)), "\(message)")
            #expect(refusal.message.contains(message), "\(refusal.message) in place of \(message)")
            try repair()
        }
        #expect(Signed.refusal(of: request, body: Array("a body".utf8)) == nil)
    }

    @Test func `the checks of the query form run in R2's order`() throws {
        let valid = try Signed.query("PUT", query: [("x-id", "PutObject")])
        var parameters = Dictionary(uniqueKeysWithValues: valid.query.map { ($0.name, $0.value) })
        let right = parameters
        let other = "fedcba9876543210fedcba9876543210"
        let wrong: [(String, String?)] = [
            ("X-Amz-Algorithm", nil), ("X-Amz-Date", "now"), ("X-Amz-Credential", "a/20260101/nowhere/x/y"),
            ("X-Amz-Expires", ""), ("X-Amz-SignedHeaders", "range"), ("X-Amz-Signature", "0"),
        ]
        for (name, value) in wrong { parameters[name] = value }
        let scope = "20260102/auto/s3/aws4_request"
        let steps: [(String, String, String?)] = [
            ("parameter X-Amz-Algorithm missing", "X-Amz-Algorithm", "AWS3"),
            ("Please use", "X-Amz-Algorithm", right["X-Amz-Algorithm"]),
            ("didn't parse", "X-Amz-Date", "20250102T030405Z"),
            ("has length 1", "X-Amz-Credential", "\(other)/20260101/nowhere/x/y"),
            ("service should be", "X-Amz-Credential", "\(other)/20260101/nowhere/s3/y"),
            ("termination string", "X-Amz-Credential", "\(other)/20260101/nowhere/s3/aws4_request"),
            ("region name", "X-Amz-Credential", "\(other)/20260101/auto/s3/aws4_request"),
            ("signed date", "X-Amz-Credential", "\(other)/20250102/auto/s3/aws4_request"),
            ("Unauthorized", "X-Amz-Credential", "\(Signed.id)/20250102/auto/s3/aws4_request"),
            ("should be a number", "X-Amz-Expires", "700000"),
            ("less than a week", "X-Amz-Expires", "900"),
            ("has expired", "X-Amz-Date", right["X-Amz-Date"]),
            ("signed date", "X-Amz-Credential", "\(Signed.id)/\(scope)"),
            ("Unauthorized", "X-Amz-SignedHeaders", "host"),
            ("does not match the signature", "X-Amz-Signature", right["X-Amz-Signature"]),
        ]
        func request() -> EmulatorRequest {
            let pairs = parameters.map { "\(PercentEncoding.encode($0.key))=\(PercentEncoding.encode($0.value))" }
            return EmulatorRequest(
                method: "PUT", target: "\(valid.rawPath)?\(pairs.joined(separator: "&"))", headers: valid.headers)
        }
        for (message, name, value) in steps {
            let refusal = try #require(Signed.refusal(of: request()), "\(message)")
            #expect(refusal.message.contains(message), "\(refusal.message) in place of \(message)")
            parameters[name] = value
        }
        #expect(Signed.refusal(of: request()) == nil)
    }
}
#endif
