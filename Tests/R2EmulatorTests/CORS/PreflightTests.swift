#if Emulator
import Foundation
import R2Kit
import SigV4
import Testing

@testable import R2Emulator

@Suite("Preflight requests")
struct PreflightTests {
    private static func preflight(
        _ method: String, origin: String = "https://app.example.com", headers: String? = nil
    ) throws -> PreflightRequest {
        var fields = [("Origin", origin), ("Access-Control-Request-Method", method)]
        if let headers { fields.append(("Access-Control-Request-Headers", headers)) }
        return try PreflightRequest(CORSRulesTests.request("OPTIONS", origin: nil, fields))
    }

    private static func uploads() throws -> CORSRules {
        try CORSRules(Array(CORSConfiguration.browserUploads(from: ["https://app.example.com"]).xml.utf8))
    }

    @Test func `an allowed upload is told what it may do`() throws {
        let headers = try Self.preflight("PUT", headers: "Content-Type, if-none-match,X-Amz-Storage-Class")
            .response(by: Self.uploads())
        let byName = Dictionary(uniqueKeysWithValues: headers)
        #expect(
            byName == [
                "Access-Control-Allow-Origin": "https://app.example.com",
                "Access-Control-Allow-Methods": "PUT, GET, HEAD",
                "Access-Control-Allow-Headers": "content-type, if-none-match, x-amz-storage-class",
                "Access-Control-Expose-Headers": "ETag, Content-Length, Content-Range, Accept-Ranges",
                "Access-Control-Max-Age": "3600", "Vary": "Origin",
            ])
    }

    private static let mismatches: [(String, String, String?)] = [
        ("DELETE", "https://app.example.com", nil), ("OPTIONS", "https://app.example.com", nil),
        ("put", "https://app.example.com", nil), ("PUT", "https://evil.example.com", nil),
        ("PUT", "https://app.example.com", "authorization"), ("PUT", "https://app.example.com", "content-type,x-a"),
    ]

    @Test(arguments: mismatches)
    func `R2 has one refusal for each mismatch`(_ method: String, _ origin: String, _ headers: String?) throws {
        let preflight = try Self.preflight(method, origin: origin, headers: headers)
        for rules in [try Self.uploads(), nil] {
            let refusal = #expect(throws: Refusal.self) { try preflight.response(by: rules) }
            #expect((refusal?.status, refusal?.code) == (403, "Unauthorized"))
            #expect(refusal?.message == "CORS not configured for this bucket")
            #expect(refusal?.headers.isEmpty == true)
            #expect(refusal?.explanation?.contains(rules == nil ? "no CORS rules" : "\(method) from \(origin)") == true)
        }
    }

    @Test func `one rule must allow all of it`() throws {
        let rules = try CORSRulesTests.rules(
            .init(allowedOrigins: ["https://a.com"], allowedMethods: [.put]),
            .init(allowedOrigins: ["https://a.com"], allowedMethods: [.get], allowedHeaders: ["*"]))
        let put = try Self.preflight("PUT", origin: "https://a.com", headers: "content-type")
        #expect(throws: Refusal.self) { try put.response(by: rules) }
        let get = try Self.preflight("GET", origin: "https://a.com", headers: "x-anything")
        #expect(try get.response(by: rules).contains { $0 == ("Access-Control-Allow-Headers", "x-anything") })
    }

    @Test func `an incomplete preflight request is refused`() {
        for headers in [[], [("Origin", "https://a.com")], [("Access-Control-Request-Method", "PUT")]] {
            let refusal = #expect(throws: Refusal.self) {
                try PreflightRequest(CORSRulesTests.request("OPTIONS", origin: nil, headers))
            }
            #expect((refusal?.status, refusal?.code) == (400, "BadRequest"))
        }
    }

    // MARK: The signature of the announced request

    private static func check(
        _ request: EmulatorRequest, for method: String, at date: Date = Signed.now
    ) throws(Refusal) -> Caller? {
        try Signed.authenticator.authenticatePreflight(request.with(method: "OPTIONS"), for: method, at: date)
    }

    @Test func `a URL without a signature needs none`() throws {
        #expect(try Self.check(CORSRulesTests.request(origin: "https://a.com"), for: "PUT") == nil)
    }

    @Test func `a signature over host alone is checked for the announced method`() throws {
        let request = try Signed.query("PUT")
        #expect(try Self.check(request, for: "PUT")?.accessKey.id == Signed.id)
        for (changed, method) in [(request, "GET"), (request.replacing("1.mp4", with: "2.mp4"), "PUT")] {
            let refusal = #expect(throws: Refusal.self) { try Self.check(changed, for: method) }
            #expect((refusal?.status, refusal?.code) == (403, "SignatureDoesNotMatch"))
        }
    }

    @Test func `a signature over headers can't be checked, but all else is`() throws {
        let request = try Signed.query("PUT", headers: [("content-type", "video/mp4")]).with("content-type", nil)
        #expect(try Self.check(request, for: "PUT") != nil)
        #expect(try Self.check(request.replacing("1.mp4", with: "2.mp4"), for: "PUT") != nil)
        let expired = #expect(throws: Refusal.self) {
            try Self.check(request, for: "PUT", at: Signed.now.addingTimeInterval(901))
        }
        #expect(expired?.code == "ExpiredRequest")
        let unknown = request.replacing(Signed.id, with: "fedcba9876543210fedcba9876543210")
        #expect(#expect(throws: Refusal.self) { try Self.check(unknown, for: "PUT") }?.status == 401)
        let region = request.replacing("%2Fauto%2F", with: "%2Fnowhere%2F")
        #expect(#expect(throws: Refusal.self) { try Self.check(region, for: "PUT") }?.code == "InvalidRegionName")
    }

    @Test func `temporary credentials are checked for their scope`() throws {
        let parent = try R2Config(
            endpoint: R2Endpoint("http://\(Signed.host)"),
            credentials: R2Credentials(accessKeyID: Signed.id, secretAccessKey: Signed.secret),
            bucket: BucketName("media"))
        let session = try TemporaryCredentials(
            for: parent, accountID: AccountID("00112233445566778899aabbccddeeff"),
            scope: .init(actions: [.putObject], prefixes: ["uploads/"]), lifetime: .seconds(900), at: Signed.now)
        let url = try R2Presigner(session.config).presignUpload(
            to: ObjectKey("uploads/a"), constraints: UploadConstraints(contentType: "video/mp4"), at: Signed.now)
        let caller = try #require(try Self.check(EmulatorRequest(url), for: "PUT"))
        #expect(caller.allows(.putObject, bucket: "media", key: "uploads/a"))
        #expect(!caller.allows(.putObject, bucket: "media", key: "others/a"))
        #expect(!caller.allows(.getObject, bucket: "media", key: "uploads/a"))
    }
}
#endif
