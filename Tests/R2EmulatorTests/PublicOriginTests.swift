#if Emulator
import Foundation
import R2Kit
import SigV4
import Testing

@testable import R2Emulator

@Suite("CORS and the public origin")
struct PublicOriginTests {
    private static func get(
        _ port: Int, _ target: String, _ headers: [(String, String)] = [], method: String = "GET"
    ) async throws -> RawResponse {
        try await RawConnection.with(port: port) { exchange in
            let lines =
                ["\(method) \(target) HTTP/1.1", "Host: media.example.com"] + headers.map { "\($0.0): \($0.1)" }
            try await exchange.send((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
            return try await exchange.response(toHead: method == "HEAD")
        }
    }

    private static func port(_ emulator: R2Emulator) throws -> Int {
        try #require(emulator.publicURL?.split(separator: ":").last.flatMap { Int($0) })
    }

    @Test func `serves objects to everyone without a rule`() async throws {
        var options = TestClient.options
        options.publicOrigin = .init(bucket: "media")
        try await TestClient.with(options) { client in
            try await client.put("a b", "0123456789", [("content-type", "video/mp4")])
            let port = try Self.port(client.emulator)
            let whole = try await Self.get(port, "/a%20b")
            #expect(whole.status == 200)
            #expect(whole["content-type"] == "video/mp4")
            #expect(whole.text == "0123456789")
            let part = try await Self.get(port, "/a%20b", [("Range", "bytes=2-3")])
            #expect(part.status == 206)
            #expect(part.text == "23")
            #expect(try await Self.get(port, "/a%20b", [("Range", "bytes=0-1,3-4")]).status == 200)
            #expect(try await Self.get(port, "/a%20b", [("Range", "bytes=10-")])["content-range"] == "bytes */10")
            #expect(try await Self.get(port, "/a%20b", method: "HEAD")["content-length"] == "10")
            let missing = try await Self.get(port, "/missing")
            #expect(missing.status == 404)
            #expect(missing["content-type"]?.hasPrefix("text/html") == true)
            #expect(try await Self.get(port, "/a%20b", method: "DELETE").status == 401)
            #expect(try await client.send("HEAD", "/media/a%20b").status == 200)
        }
    }

    @Test func `serves objects to those with a token`() async throws {
        for directory in [nil, 11] {
            var options = TestClient.options
            options.publicOrigin = .init(
                bucket: "media",
                tokenRule: .init(secret: "s3cret", timeToLive: .seconds(60), directoryLength: directory))
            try await TestClient.with(options) { client in
                for key in ["videos/42/a.m3u8", "videos/43/a.m3u8"] { try await client.put(key) }
                let port = try Self.port(client.emulator)
                let signer = try EdgeTokenSigner(secret: "s3cret")
                let message = directory == nil ? "/videos/42/a.m3u8" : "/videos/42/"
                let token = try signer.token(for: message, at: client.emulator.clock.now)
                #expect(try await Self.get(port, "/videos/42/a.m3u8?verify=\(token)").status == 200)
                #expect(try await Self.get(port, "/videos/43/a.m3u8?verify=\(token)").status == 403)
                #expect(try await Self.get(port, "/videos/42/a.m3u8").status == 403)
                #expect(try await Self.get(port, "/videos/42/a.m3u8?verify=\(token)&x=1").status == 403)
                #expect(try await Self.get(port, "/missing").status == 403)
                client.emulator.clock.advance(by: .seconds(61))
                #expect(try await Self.get(port, "/videos/42/a.m3u8?verify=\(token)").status == 403)
            }
        }
    }

    private static let rules = """
        <CORSConfiguration><CORSRule><AllowedOrigin>https://app.example.com</AllowedOrigin><AllowedMethod>PUT\
        </AllowedMethod><AllowedMethod>GET</AllowedMethod><AllowedHeader>content-type</AllowedHeader>\
        <ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>
        """

    @Test func `stored CORS rules apply`() async throws {
        try await TestClient.with { client in
            let port = client.emulator.port
            let origin = ("Origin", "https://app.example.com")
            let preflight = [origin, ("Access-Control-Request-Method", "PUT")]
            #expect(try await Self.get(port, "/media/key", preflight, method: "OPTIONS").status == 403)
            #expect(try await client.send("PUT", "/media?cors", text: Self.rules).status == 200)
            #expect(try await client.send("GET", "/media?cors").text == Self.rules)
            let allowed = try await Self.get(port, "/media/key", preflight, method: "OPTIONS")
            #expect(allowed.status == 204)
            #expect(allowed["access-control-allow-origin"] == "https://app.example.com")

            try await client.put("key")
            let got = try await client.send("GET", "/media/key", unsigned: [origin])
            #expect(got["access-control-expose-headers"] == "ETag")
            #expect(try await client.send("GET", "/media/key")["access-control-allow-origin"] == nil)
            let missing = try await client.send("GET", "/media/missing", unsigned: [origin])
            #expect(missing["access-control-allow-origin"] == nil)

            let unknown = try await client.send(
                "PUT", "/media?cors",
                text: "<CORSConfiguration><CORSRule><Origin>*</Origin></CORSRule></CORSConfiguration>")
            #expect(unknown.element("Code") == "MalformedXML")
            #expect(try await client.send("DELETE", "/media?cors").status == 204)
            #expect(try await client.send("GET", "/media?cors").element("Code") == "NoSuchCORSConfiguration")
        }
    }

    @Test func `permissions decide about operations`() async throws {
        var options = TestClient.options
        let reader = R2Emulator.Key(
            accessKeyID: "reader", secretAccessKey: "secret", permission: .objectReadOnly, buckets: ["media"])
        options.keys.append(reader)
        options.buckets = ["media", "other"]
        try await TestClient.with(options) { client in
            try await client.put("key", "x")
            var limited = client
            limited.key = reader
            #expect(try await limited.send("GET", "/media/key").text == "x")
            let refused = try await limited.send("PUT", "/media/key", text: "y")
            #expect(refused.status == 403)
            #expect(refused.element("Code") == "AccessDenied")
            #expect(try await limited.send("GET", "/other/key").status == 403)
            #expect(try await limited.send("GET", "/media?cors").status == 403)
            let log = client.emulator.log.requests.map(\.explanation)
            #expect(log.compactMap(\.self).count == 3)
        }
    }
}
#endif
