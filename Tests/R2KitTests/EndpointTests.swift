import R2Kit
import Testing

@Suite("Endpoints")
struct EndpointTests {
    @Test func `R2's own names the account and the jurisdiction`() throws {
        let account = try AccountID(Fixture.account)
        #expect(R2Endpoint(accountID: account).description == "https://\(Fixture.account).r2.cloudflarestorage.com")
        let european = R2Endpoint(accountID: account, jurisdiction: .eu)
        #expect(european.description == "https://\(Fixture.account).eu.r2.cloudflarestorage.com")
        #expect(try R2Endpoint("https://\(Fixture.account.uppercased()).EU.r2.cloudflarestorage.com/") == european)
    }

    @Test(arguments: [
        ("https://Storage.Example.com", "https://storage.example.com"),
        ("https://storage.example.com:443/", "https://storage.example.com"),
        ("https://storage.example.com:8443", "https://storage.example.com:8443"),
        ("HTTP://localhost:80", "http://localhost"), ("http://localhost:9000", "http://localhost:9000"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"), ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://[::1]:9000", "http://[::1]:9000"), ("http://r2.localhost:9000", "http://r2.localhost:9000"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"), ("https://[::]", "https://[::]"),
        ("https://[1:2:3:4:5:6:7:8]", "https://[1:2:3:4:5:6:7:8]"), ("https://[1::]", "https://[1::]"),
        ("http://localhost:8787/cdn-cgi/local/r2/s3", "http://localhost:8787/cdn-cgi/local/r2/s3"),
        ("https://Storage.Example.com/Storage/v1/s3/", "https://storage.example.com/Storage/v1/s3"),
        ("https://[::1]:9/-._~", "https://[::1]:9/-._~"), ("https://a:443/.a/...", "https://a/.a/..."),
        ("https://10.0.0.1:9000", "https://10.0.0.1:9000"), ("https://1.example.com", "https://1.example.com"),
    ])
    func `default ports and the trailing slash are dropped, and names are in lower case`(
        url: String, expected: String
    ) throws {
        #expect(try R2Endpoint(url).description == expected)
    }

    @Test(arguments: [
        "", "storage.example.com", "ftp://a", "https://", "https:///", "https:///b", "https://a?b", "https://a#b",
        "https://a//", "https://a//b", "https://a/b//", "https://a/b//c", "https://a/.", "https://a/..",
        "https://a/b/../c",
        "https://a/b/./c", "https://a/b?c", "https://a/b#c", "https://a/b?", "https://a/%62", "https://a/b c",
        "https://a/b+c", "https://a/b:c", "https://a/@b", "https://a/\u{E9}", "https://a/\u{301}b",
        "https://a/b\u{301}",
        "https://a/b\n", "https://a/b\\c", "https://user@a/b",
        "https://user@a", "https://user:password@a", "https://a:0", "https://a:65536", "https://a:x", "https://a:",
        "https://a b", "https://é.example.com", "https://a..b", "https://[::1", "https://[:::]", "https://[1::2::3]",
        "https://[:1]", "https://[:]", "https://[1:]", "https://[12345::]",
        "https://[1:2:3:4:5:6:7]", "https://[1:2:3:4:5:6:7:8:9]", "https://[]", "https://[g::]", "https://::1",
        "https:// a",
        "http://storage.example.com", "http://128.0.0.1", "http://localhost.example.com",
        "http://127.0.0.1.example.com", "http://0127.0.0.1", "http://127.0.0.01", "http://127.1", "http://2130706433",
        "http://0x7f.0.0.1", "https://10.0.0.0x1", "https://1.2.3.256", "https://1.2.3.4.5", "https://storage.0X",
        "http://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com",
        "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com:8443",
        "https://0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com/media",
        "https://media.0123456789abcdef0123456789abcdef.r2.cloudflarestorage.com", "https://r2.cloudflarestorage.com",
    ])
    func `other strings aren't endpoints`(url: String) {
        let error = #expect(throws: R2ValidationError.self) { try R2Endpoint(url) }
        #expect(error?.code == .invalidEndpoint)
    }

    @Test func `a path belongs to the endpoint`() throws {
        let endpoint = try R2Endpoint("http://localhost:8787/cdn-cgi/local/r2/s3/")
        #expect(endpoint.basePath == "/cdn-cgi/local/r2/s3")
        #expect(endpoint.authority == "localhost:8787")
        #expect(try endpoint == R2Endpoint("http://LOCALHOST:8787/cdn-cgi/local/r2/s3"))
        for other in [
            "http://localhost:8787", "http://localhost:8787/cdn-cgi", "http://localhost:8787/CDN-CGI/local/r2/s3",
        ] {
            #expect(try endpoint != R2Endpoint(other))
        }
        #expect(try R2Endpoint("http://localhost:8787/").basePath.isEmpty)
        #expect(try R2Endpoint(accountID: AccountID(Fixture.account)).basePath.isEmpty)
    }

    @Test(arguments: ["/media", "/a/b", "/media/"])
    func `R2's own endpoint has no path, and the message says where the bucket belongs`(path: String) {
        for place in ["", ".eu"] {
            let error = #expect(throws: R2ValidationError.self) {
                try R2Endpoint("https://\(Fixture.account)\(place).r2.cloudflarestorage.com\(path)")
            }
            #expect(error?.code == .invalidEndpoint)
            #expect(error?.message.contains("Set the bucket separately") == true)
        }
    }

    @Test func `an edge token's origin has no path`() throws {
        let signer = try EdgeTokenSigner(secret: "0123456789abcdef0123456789abcdef")
        #expect(throws: R2ValidationError.self) { try signer.url("https://media.example.com/a", path: "/b") }
    }

    @Test(arguments: ["https://pub-0123.r2.dev", "https://r2.dev", "https://pub-0123.r2.dev/a"])
    func `an r2.dev address is reported as a custom domain`(url: String) {
        let error = #expect(throws: R2ValidationError.self) { try R2Endpoint(url) }
        #expect(error?.code == .customDomain)
        #expect(error?.message.contains("EdgeTokenSigner") == true)
    }

    @Test func `plain HTTP elsewhere must be allowed explicitly`() throws {
        #expect(try R2Endpoint("http://minio:9000", allowsInsecureHTTP: true).authority == "minio:9000")
    }
}
