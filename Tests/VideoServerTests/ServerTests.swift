#if Emulator && Delivery && SQLite
import Crypto
import Foundation
import NIOHTTP1
import Testing

@Suite("The video server")
struct ServerTests {
    private static func begin(_ server: RunningServer, _ cookie: String?, origin: String?? = nil) async throws
        -> RunningServer.Reply
    {
        try await server.send(
            .POST, "/api/uploads",
            json: """
                {"file": {"name": "talk.mp4", "byteSize": 1000}, "token": "t1", "sessionID": "speaking/1"}
                """, cookie: cookie, origin: origin)
    }

    @Test func `every response has the security headers, and the page has no inline script`() async throws {
        try await RunningServer.with { server in
            let page = try await server.send(.GET, "/")
            #expect(page.status == 200 && page.headers.first(name: "content-type") == "text/html; charset=utf-8")
            #expect(!page.body.contains(/<script(?![^>]*src=)|\son[a-z]+=|style=/))
            for path in ["/", "/app.js", "/style.css", "/session", "/nothing", "/api/videos", "/health"] {
                let reply = try await server.send(.GET, path)
                let policy = try #require(reply.headers.first(name: "content-security-policy"))
                #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                #expect(!policy.contains("unsafe") && !policy.contains("*"))
                #expect(reply.headers.first(name: "x-content-type-options") == "nosniff")
                #expect(reply.headers.first(name: "referrer-policy") == "no-referrer")
                let head = try await server.send(.HEAD, path)
                #expect(head.status == reply.status && head.body.isEmpty)
            }
            #expect(try await server.send(.GET, "/health").body == #"{"status":"ok"}"#)
            for path in ["/Settings.swift", "/../Settings.swift", "/%2e%2e/secret", "//etc/passwd", "/index.html"] {
                #expect(try await server.send(.GET, path).status == 404)
            }
            let etag = try #require(page.headers.first(name: "etag"))
            for (condition, status) in [
                (etag, 304), ("W/" + etag, 304), ("\"other\", W/\(etag)", 304), ("*", 304), ("\"other\"", 200),
            ] {
                let reply = try await server.send(.GET, "/", fields: ["If-None-Match": condition])
                #expect(reply.status == status, "\(condition)")
            }
        }
    }

    @Test func `requests of other pages change nothing, even with the cookie`() async throws {
        try await RunningServer.with { server in
            let cookie = try await server.signIn("ada")
            for origin in [nil, "https://evil.example", "null", "http://127.0.0.1:1"] as [String?] {
                let reply = try await Self.begin(server, cookie, origin: .some(origin))
                #expect(reply.status == 403 && reply.body.contains("crossOrigin"), "\(origin ?? "no origin")")
                let signIn = try await server.send(
                    .POST, "/session", json: #"{"person": "kim"}"#, origin: .some(origin))
                #expect(signIn.status == 403 && signIn.headers.first(name: "set-cookie") == nil)
            }
            #expect(try await server.send(.GET, "/api/videos", cookie: cookie).body == #"{"videos":[]}"#)
            #expect(try await Self.begin(server, cookie).status == 200)
        }
    }

    @Test func `only a genuine cookie signs a person in`() async throws {
        try await RunningServer.with { server in
            let reply = try await server.send(.POST, "/session", json: #"{"person": "ada"}"#)
            let field = try #require(reply.headers.first(name: "set-cookie"))
            #expect(field.contains("HttpOnly") && field.contains("SameSite=Strict"))
            let cookie = String(field.prefix { $0 != ";" })
            #expect(try await server.send(.GET, "/api/videos", cookie: cookie).status == 200)
            let parts = cookie.split(separator: ".")
            let last = try #require(cookie.last)
            let forged = [
                cookie.replacing("ada", with: "kim"), "session=ada.99999999999.\(parts[2])",
                String(cookie.dropLast()) + (last == "0" ? "1" : "0"), String(cookie.dropLast()), "session=ada",
                "session=", "other=1",
            ]
            for cookie in forged {
                #expect(try await server.send(.GET, "/api/videos", cookie: cookie).status == 401, "\(cookie)")
            }
            #expect(try await server.send(.POST, "/session", json: #"{"person": "eve"}"#).status == 422)
            #expect(try await server.send(.POST, "/session", json: "{").status == 422)
        }
    }

    @Test func `a cookie is valid until its date, and only with the server's secret`() async throws {
        let secret = "0123456789abcdef0123456789abcdef"
        func cookie(_ person: String, expiringIn seconds: Int, secret: String) -> String {
            let payload = "\(person).\(Int(Date().timeIntervalSince1970) + seconds)"
            let code = HMAC<SHA256>.authenticationCode(
                for: Data("session cookie\0\(payload)".utf8), using: SymmetricKey(data: Data(secret.utf8)))
            return "session=\(payload)." + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        try await RunningServer.with(["SESSION_SECRET": secret]) { server in
            for (cookie, status) in [
                (cookie("ada", expiringIn: 3600, secret: secret), 200),
                (cookie("ada", expiringIn: -1, secret: secret), 401),
                (cookie("eve", expiringIn: 3600, secret: secret), 401),
                (cookie("ada", expiringIn: 3600, secret: String(secret.reversed())), 401),
            ] {
                let reply = try await server.send(.GET, "/api/videos", cookie: cookie)
                #expect(reply.status == status, "\(cookie)")
            }
        }
    }

    @Test func `a request that reads needs no origin, and another page can't send it`() async throws {
        try await RunningServer.with { server in
            let cookie = try await server.signIn("ada")
            let uppy = "/api/s3/params?filename=a.mp4&type=video%2Fmp4&metadata%5Bsize%5D=1000"
            for path in ["/api/videos", uppy] {
                for method in [HTTPMethod.GET, .HEAD] {
                    let reply = try await server.send(method, path, cookie: cookie, origin: "https://evil.example")
                    #expect(reply.status == 403, "\(path)")
                    #expect(reply.headers.first(name: "access-control-allow-origin") == nil)
                }
                for site in ["cross-site", "same-site"] {
                    let reply = try await server.send(
                        .GET, path, cookie: cookie, origin: .some(nil), fields: ["Sec-Fetch-Site": site])
                    #expect(reply.status == 403 && reply.body.contains("crossOrigin"), "\(site)")
                }
            }
            for site in ["same-origin", "none"] {
                let reply = try await server.send(
                    .GET, "/api/videos", cookie: cookie, origin: .some(nil), fields: ["Sec-Fetch-Site": site])
                #expect(reply.status == 200 && reply.body == #"{"videos":[]}"#, "\(reply.body)")
            }
            let plain = try await server.send(.GET, "/api/videos", cookie: cookie, origin: .some(nil))
            #expect(plain.status == 200)
            #expect(plain.headers.first(name: "cross-origin-resource-policy") == "same-origin")
            let link = try await server.send(.GET, "/", origin: .some(nil), fields: ["Sec-Fetch-Site": "cross-site"])
            #expect(link.status == 200)
            let preflight = try await server.send(.OPTIONS, "/api/uploads", origin: "https://evil.example")
            #expect(preflight.status == 403)
            #expect(preflight.headers.first(name: "access-control-allow-origin") == nil)
        }
    }

    @Test func `problems outside the endpoints have their form, and tell which methods there are`() async throws {
        try await RunningServer.with { server in
            let paths = [
                ("/", "GET, HEAD"), ("/session", "GET, HEAD, POST, DELETE"), ("/health", "GET, HEAD"),
                ("/metrics", "GET, HEAD"),
            ]
            for (path, methods) in paths {
                let reply = try await server.send(.PUT, path)
                #expect(reply.status == 405 && reply.headers.first(name: "allow") == methods, "\(path)")
                #expect(reply.body.contains(#""status":405"#) && reply.body.contains(#""code":"methodNotAllowed""#))
            }
            let missing = try await server.send(.PUT, "/nothing")
            #expect(missing.status == 404 && missing.body.contains(#""status":404"#), "\(missing.body)")
        }
    }

    @Test func `a sign-in tells a wrong media type, a body that is too large, and an unknown person apart`()
        async throws
    {
        try await RunningServer.with { server in
            let ada = #"{"person": "ada"}"#
            let long = #"{"person": "\#(String(repeating: "a", count: 2000))"}"#
            for (type, json, status, code) in [
                ("application/json; charset=utf-8", ada, 200, ""), ("Application/JSON", ada, 200, ""),
                ("text/plain", ada, 415, "unsupportedMediaType"), ("application/json", long, 413, "bodyTooLarge"),
                ("application/json", #"{"person": "eve"}"#, 422, "unknownPerson"),
            ] {
                let reply = try await server.send(.POST, "/session", json: json, fields: ["Content-Type": type])
                #expect(reply.status == status && (code.isEmpty || reply.body.contains(code)), "\(type): \(reply.body)")
                #expect((reply.headers.first(name: "set-cookie") != nil) == (status == 200), "\(type)")
            }
        }
    }

    @Test func `another student sees and changes nothing, and the teacher manages everything`() async throws {
        try await RunningServer.with { server in
            let ada = try await server.signIn("ada")
            let ben = try await server.signIn("ben")
            let kim = try await server.signIn("kim")
            let upload = try await Self.begin(server, ada)
            let id = try #require(upload.body.firstMatch(of: /"video":"([^"]+)"/)).1
            for path in ["/api/videos/\(id)", "/api/videos/\(id)/playback", "/api/uploads/\(id)"] {
                #expect(try await server.send(.GET, path, cookie: ben).status == 404)
            }
            #expect(try await server.send(.GET, "/api/videos", cookie: ben).body == #"{"videos":[]}"#)
            #expect(try await server.send(.GET, "/api/videos?uploadedBy=ada", cookie: ben).status == 403)
            let title = #"{"title": "Mine"}"#
            #expect(try await server.send(.PATCH, "/api/videos/\(id)", json: title, cookie: ben).status == 404)
            #expect(try await server.send(.DELETE, "/api/videos/\(id)", cookie: ben).status == 404)
            #expect(try await server.send(.DELETE, "/api/uploads/\(id)", cookie: ben).status == 404)

            #expect(try await server.send(.GET, "/api/videos", cookie: kim).body.contains(id))
            let renamed = try await server.send(.PATCH, "/api/videos/\(id)", json: title, cookie: kim)
            #expect(renamed.status == 200 && renamed.body.contains("Mine"))
            #expect(try await server.send(.DELETE, "/api/videos/\(id)", cookie: kim).status == 200)
            #expect(try await server.send(.POST, "/api/videos/\(id)/restore", cookie: kim).status == 200)
            let elsewhere = #"{"file": {"name": "a.mp4", "byteSize": 9}, "token": "t2", "sessionID": "other"}"#
            #expect(try await server.send(.POST, "/api/uploads", json: elsewhere, cookie: ada).status == 403)
        }
    }
}
#endif
