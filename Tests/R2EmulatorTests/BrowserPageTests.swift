#if Emulator
import SigV4
import Testing

@testable import R2Emulator

@Suite("The page in a browser")
struct BrowserPageTests {
    /// Sends a request without a signature, as a browser does.
    private static func browse(
        _ target: String = "/", method: String = "GET", host: String? = nil,
        accept: String = "application/xhtml+xml,text/html;q=0.9,*/*;q=0.8", with client: TestClient
    ) async throws -> RawResponse {
        let port = client.emulator.port
        let head = "\(method) \(target) HTTP/1.1\r\nHost: \(host ?? "127.0.0.1"):\(port)\r\nAccept: \(accept)\r\n\r\n"
        return try await RawConnection.with(port: port) { exchange in
            try await exchange.send(head.utf8)
            return try await exchange.response(toHead: method == "HEAD")
        }
    }

    @Test func `lists buckets, objects and requests`() async throws {
        var options = TestClient.options
        options.buckets = ["media", "other"]
        try await TestClient.with(options) { client in
            try await client.put("videos/1.mp4", "0123456789", [("content-type", "video/mp4")])
            _ = try await client.createUpload("videos/2.mp4")
            let page = try await Self.browse(with: client)
            #expect(page.status == 200)
            #expect(page["content-type"] == "text/html; charset=utf-8")
            #expect(page["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'sha256-") == true)
            #expect(page.elements("h2") == ["Bucket media", "Bucket other", "Latest requests"])
            #expect(page.text.contains("Objects: 1. Unfinished uploads: 1."))
            let cells = page.elements("td")
            #expect(Array(cells.prefix(3)) == ["videos/1.mp4", "10", "video/mp4"])
            // The newest request is first.
            let put = try #require(cells.firstIndex(of: "PUT /media/videos/1.mp4"))
            let create = try #require(cells.firstIndex(of: "POST /media/videos/2.mp4"))
            #expect(create < put)
            #expect(Array(cells[put...].prefix(3)) == ["PUT /media/videos/1.mp4", "PutObject", "200"])
        }
    }

    @Test func `explains a signature that doesn't match`() async throws {
        try await TestClient.with { client in
            let head = try client.head("GET", "/media/key").replacing("GET /", with: "DELETE /")
            let signature = String(try #require(head.firstMatch(of: /Signature=([0-9a-f]{64})/)).output.1)
            let refused = try await RawConnection.with(port: client.emulator.port) { exchange in
                try await exchange.send(head.utf8)
                return try await exchange.response()
            }
            try #require(refused.element("Code") == "SignatureDoesNotMatch")
            let text = try await Self.browse(with: client).text
            #expect(text.contains("<summary>SignatureDoesNotMatch: The request signature we calculated"))
            #expect(text.contains("The signature is for the method GET, but the request has DELETE."))
            #expect(text.contains("\nDELETE\n/media/key\n"))
            #expect(!text.contains(signature))
            #expect(!text.contains(client.key.secret.exposed))
        }
    }

    @Test func `escapes every text`() async throws {
        try await TestClient.with { client in
            try await client.put("<script>alert('1')</script>&\u{202E}.mp4", "x", [("content-type", "\"<b>")])
            _ = try await Self.browse("/media/<img%20src=x>?acl=<i>", with: client)
            let text = try await Self.browse(with: client).text
            #expect(text.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\u{FFFD}.mp4"))
            #expect(text.contains("<td>&quot;&lt;b&gt;</td>"))
            #expect(text.contains("GET /media/&lt;img%20src=x&gt;"))
            for markup in ["<script", "<b>", "<img", "<i>", "\u{202E}"] { #expect(!text.contains(markup)) }
        }
    }

    @Test func `is only for browsers without a signature, at the root of this machine's address`() async throws {
        try await TestClient.with { client in
            for host in ["localhost", "127.0.0.1", "[::1]"] {
                #expect(try await Self.browse(host: host, with: client)["content-type"] == "text/html; charset=utf-8")
            }
            // Neither in the log nor a target of faults.
            client.emulator.inject(.internalError)
            #expect(try await Self.browse(with: client).status == 200)
            client.emulator.removeFaults()
            #expect(client.emulator.log.count == 0)

            let others = [
                try await Self.browse(accept: "*/*", with: client),
                try await Self.browse(accept: "application/xml", with: client),
                try await Self.browse(host: "attacker.example", with: client),
                try await Self.browse("/media", with: client), try await Self.browse("/?max-keys=1", with: client),
            ]
            for response in others {
                #expect(response.status == 400)
                #expect(response.element("Message") == "Authorization")
            }
            #expect(try await Self.browse(method: "HEAD", with: client).status == 400)
            let signed = try await client.send("GET", "/", unsigned: [("accept", "text/html")])
            #expect(signed.text.contains("<ListAllMyBucketsResult"))
        }
    }

    @Test func `is at the root and at the base path`() async throws {
        var options = TestClient.options
        options.basePath = "/cdn-cgi/local/r2/s3"
        try await TestClient.with(options) { client in
            for target in ["/", "/cdn-cgi/local/r2/s3", "/cdn-cgi/local/r2/s3/"] {
                let page = try await Self.browse(target, with: client)
                #expect(page.status == 200)
            }
            let elsewhere = try await Self.browse("/cdn-cgi", with: client)
            #expect(elsewhere.status == 404)
        }
    }
}
#endif
