#if Emulator
import R2Kit
import Testing

@testable import R2Emulator

@Suite("CORS rules")
struct CORSRulesTests {
    static func rules(_ rules: CORSConfiguration.Rule...) throws -> CORSRules {
        try CORSRules(Array(CORSConfiguration(rules: rules).xml.utf8))
    }

    static func request(
        _ method: String = "GET", origin: String?, _ headers: [(String, String)] = []
    ) -> EmulatorRequest {
        let origin = origin.map { [("Origin", $0)] } ?? []
        return EmulatorRequest(
            method: method, target: "/media/a", headers: (origin + headers).map { ($0.0, $0.1) })
    }

    private static func origin(_ origin: String?, allowedBy patterns: [String]) throws -> String? {
        let rules = try rules(.init(allowedOrigins: patterns, allowedMethods: [.get]))
        return rules.headers(for: request(origin: origin), status: 200)
            .first { $0.0 == "Access-Control-Allow-Origin" }?.1
    }

    // MARK: Documents

    /// The content of a rule that R2 refuses.
    ///
    /// Source: R2 "Configure CORS", release notes, cloudflare-docs#32888.
    @Test(arguments: [
        ("no origin", "<AllowedMethod>GET</AllowedMethod>"),
        ("no method", "<AllowedOrigin>*</AllowedOrigin>"),
        ("an unknown method", "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>OPTIONS</AllowedMethod>"),
        ("an origin with a path", "<AllowedOrigin>https://a.com/</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"),
        ("an origin without a scheme", "<AllowedOrigin>a.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"),
        (
            "a wildcard port",
            "<AllowedOrigin>http://localhost:*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
        ),
        (
            "an empty header",
            "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><AllowedHeader></AllowedHeader>"
        ),
        (
            "an age above a day",
            "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>86401</MaxAgeSeconds>"
        ),
        (
            "an age in words",
            "<AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><MaxAgeSeconds>day</MaxAgeSeconds>"
        ),
    ])
    func `a rule that R2 refuses is malformed`(_ name: String, _ rule: String) {
        let document = "<CORSConfiguration><CORSRule>\(rule)</CORSRule></CORSConfiguration>"
        let refusal = #expect(throws: Refusal.self) { try CORSRules(Array(document.utf8)) }
        #expect((refusal?.status, refusal?.code) == (400, "MalformedXML"))
        #expect(refusal?.explanation?.isEmpty == false)
    }

    @Test(arguments: ["", "<CORSConfiguration/>", "<CORSConfiguration>", "<Rules></Rules>", "{}"])
    func `another document is malformed`(_ document: String) {
        #expect(throws: Refusal.self) { try CORSRules(Array(document.utf8)) }
    }

    @Test func `a document with and without the namespace, and with an ID, is read`() throws {
        let rule = """
            <CORSRule><ID>1</ID><AllowedOrigin>https://a.com</AllowedOrigin>
            <AllowedMethod>GET</AllowedMethod></CORSRule>
            """
        for start in ["<CORSConfiguration>", #"<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#] {
            let rules = try CORSRules(Array("\(start)\(rule)</CORSConfiguration>".utf8))
            #expect(!rules.headers(for: Self.request(origin: "https://a.com"), status: 200).isEmpty)
        }
    }

    // MARK: Requests

    @Test(arguments: [
        ("https://a.com", "https://a.com"), ("http://localhost:3000", "http://localhost:3000"),
        ("https://*.a.com", "https://x.a.com"), ("https://*.a.com", "https://x.y.a.com"),
        ("https://a-*.com", "https://a-1.com"),
    ])
    func `an origin that matches is echoed`(_ pattern: String, _ origin: String) throws {
        #expect(try Self.origin(origin, allowedBy: ["https://other.com", pattern]) == origin)
        #expect(try Self.origin(origin, allowedBy: ["*"]) == "*")
    }

    @Test(arguments: [
        ("https://a.com", "http://a.com"), ("https://a.com", "https://a.com:8443"),
        ("https://a.com", "https://b.a.com"),
        ("https://a.com", "https://A.com"), ("https://a.com", "https://a.com.evil.com"), ("https://a.com", "null"),
        ("https://*.a.com", "https://a.com"), ("https://*.a.com", "https://.a.com"),
        ("https://*.a.com", "https://x.a.com.evil.com"), ("https://*.a.com", "http://x.a.com"),
        ("https://a-*.com", "https://a-.com"),
    ])
    func `another origin gets no headers`(_ pattern: String, _ origin: String) throws {
        #expect(try Self.origin(origin, allowedBy: [pattern]) == nil)
        #expect(try Self.origin(nil, allowedBy: ["*"]) == nil)
    }

    @Test func `a response has the headers of the first rule for its origin and method`() throws {
        let rules = try Self.rules(
            .init(
                allowedOrigins: ["https://a.com"], allowedMethods: [.get, .head],
                exposedHeaders: ["ETag", "Content-Range"], maxAge: .seconds(60)),
            .init(allowedOrigins: ["*"], allowedMethods: [.put]))
        let first = rules.headers(for: Self.request(origin: "https://a.com"), status: 206)
        #expect(first.map(\.0) == ["Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Vary"])
        #expect(first.map(\.1) == ["https://a.com", "ETag, Content-Range", "Origin"])
        let second = rules.headers(for: Self.request("PUT", origin: "https://a.com"), status: 200)
        #expect(second.map(\.0) == ["Access-Control-Allow-Origin"] && second.map(\.1) == ["*"])
        #expect(rules.headers(for: Self.request("DELETE", origin: "https://a.com"), status: 204).isEmpty)
        #expect(rules.headers(for: Self.request(origin: "https://b.com"), status: 200).isEmpty)
    }

    @Test(arguments: [400, 401, 403, 404, 411, 412, 416, 429, 500, 501])
    func `an error has none`(_ status: Int) throws {
        let rules = try Self.rules(.init(allowedOrigins: ["*"], allowedMethods: [.get]))
        #expect(rules.headers(for: Self.request(origin: "https://a.com"), status: status).isEmpty)
        #expect(!rules.headers(for: Self.request(origin: "https://a.com"), status: 304).isEmpty)
    }
}
#endif
