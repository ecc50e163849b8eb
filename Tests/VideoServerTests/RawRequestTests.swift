#if Emulator && Delivery && SQLite
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@Suite("Requests that no browser sends")
struct RawRequestTests {
    private static func head(_ line: String, _ server: RunningServer, _ fields: [String] = []) -> String {
        ([line, "Host: \(server.url.dropFirst("http://".count))", "Origin: \(server.url)"] + fields + ["", ""])
            .joined(separator: "\r\n")
    }

    /// Expects one response with a status, and that the server still responds.
    private static func expect(
        _ statuses: Set<Int>, _ request: String, _ server: RunningServer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let response = try await RawConnection.exchange(request, with: server)
        let status = response.firstMatch(of: #/^HTTP/1\.1 (\d{3})/#).flatMap { Int($0.1) }
        #expect(statuses.contains(status ?? 0), "\(request.prefix(80)): \(response)", sourceLocation: sourceLocation)
        #expect(response.matches(of: #/HTTP/1\.1 \d/#).count == 1, "\(response)", sourceLocation: sourceLocation)
        #expect(try await server.send(.GET, "/health").status == 200, sourceLocation: sourceLocation)
    }

    /// Without a limit for the whole body, one byte now and then would keep the connection forever.
    @Test(.timeLimit(.minutes(10))) func `a body that drips is cut off`() async throws {
        try await RunningServer.with(["REQUEST_TIME_LIMIT": "1"]) { server in
            let cookie = try await server.signIn("ada")
            let fields = ["Content-Type: application/json", "Content-Length: 60000", "Cookie: \(cookie)"]
            try await RawConnection.with(server) { writer, inbound in
                try await writer.send(Self.head("POST /api/uploads HTTP/1.1", server, fields))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while !Task.isCancelled {
                            do { try await writer.send(" ") } catch { return }
                            try? await Task.sleep(for: .milliseconds(100))
                        }
                    }
                    // It ends, because the server closes the connection.
                    _ = try await RawConnection.rest(of: inbound)
                    group.cancelAll()
                }
            }
            #expect(try await server.send(.GET, "/health").status == 200)
            // A request that arrives in time isn't cut off on a connection that has been open for longer.
            try await RawConnection.with(server) { writer, inbound in
                var chunks = inbound.makeAsyncIterator()
                for _ in 0..<3 {
                    try await writer.send(Self.head("GET /health HTTP/1.1", server))
                    let reply = try await chunks.next().map { String(buffer: $0) } ?? ""
                    #expect(reply.hasPrefix("HTTP/1.1 200"), "\(reply)")
                    try await Task.sleep(for: .milliseconds(600))
                }
            }
        }
    }

    /// The responses are larger than all buffers between the server and a client that doesn't read.
    @Test(.timeLimit(.minutes(10))) func `a client that stops reading is cut off before a shutdown`() async throws {
        try await RunningServer.with(["RESPONSE_TIME_LIMIT": "1"]) { server in
            try await RawConnection.with(server) { writer, _ in
                let requests = String(repeating: Self.head("GET /upload.js HTTP/1.1", server), count: 3000)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // The server no longer reads either, so this ends only when it closes the connection.
                    group.addTask { while (try? await writer.send(requests)) != nil {} }
                    try await group.waitForAll()
                }
                #expect(try await server.stop() == 0, "\(server.said.suffix(1000))")
            }
        }
    }

    @Test func `a body that is too large is refused, and cut off if it doesn't end`() async throws {
        try await RunningServer.with { server in
            let cookie = try await server.signIn("ada")
            let fields = ["Content-Type: application/json", "Cookie: \(cookie)"]
            let announced = Self.head(
                "POST /api/uploads HTTP/1.1", server, fields + ["Content-Length: 1000000000", "Connection: close"])
            try await Self.expect([413], announced, server)
            // Chunks that never end: the response comes early, and then the connection is closed.
            let chunked = Self.head("POST /api/uploads HTTP/1.1", server, fields + ["Transfer-Encoding: chunked"])
            let chunk = "10000\r\n" + String(repeating: " ", count: 0x10000) + "\r\n"
            let response = try await RawConnection.with(server) { writer, inbound in
                try await writer.send(chunked)
                return try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        while !Task.isCancelled { do { try await writer.send(chunk) } catch { return } }
                    }
                    let response = try await RawConnection.rest(of: inbound)
                    group.cancelAll()
                    return response
                }
            }
            // The system can discard a response that was sent just before the connection was closed.
            #expect(response.isEmpty || response.hasPrefix("HTTP/1.1 413"), "\(response)")
            #expect(try await server.send(.GET, "/api/videos", cookie: cookie).body == #"{"videos":[]}"#)
        }
    }

    @Test func `requests that two programs could understand differently are refused`() async throws {
        try await RunningServer.with { server in
            let smuggled = "0\r\n\r\nGET /api/videos HTTP/1.1\r\nHost: a\r\n\r\n"
            for fields in [
                ["Content-Length: 5", "Transfer-Encoding: chunked"], ["Content-Length: 5", "Content-Length: 6"],
                ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: gzip, chunked"], ["Content-Length: -1"],
                ["Content-Length: 1, 2"],
                ["Content-Type : application/json"], ["X: a\u{0}b"], ["X\u{1}: a"],
            ] {
                try await Self.expect(
                    [400], Self.head("POST /api/uploads HTTP/1.1", server, fields) + smuggled, server)
            }
            for line in [
                "GET / HTTP/9.9", "GET  / HTTP/1.1 x", "G\u{1}T / HTTP/1.1", "\u{16}\u{3}\u{1}", "GET\t/ HTTP/1.1",
            ] {
                try await Self.expect([400], Self.head(line, server), server)
            }
        }
    }

    @Test func `paths reach neither files nor routes by a detour`() async throws {
        try await RunningServer.with { server in
            let close = ["Connection: close"]
            for path in [
                "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fsecret", "/app.js/../secret", "/./app.js",
                "//app.js", "/app.js%00", "/app.js;x", "/%61pp.js", "/secret", "/catalog.sqlite", "/Page/app.js",
            ] {
                try await Self.expect([404], Self.head("GET \(path) HTTP/1.1", server, close), server)
            }
            for path in ["/api/%2e%2e/session", "/api/videos/%00", "/api/videos/..", "/api/videos/%2e"] {
                try await Self.expect([400], Self.head("GET \(path) HTTP/1.1", server, close), server)
            }
            for path in ["/api//videos", "/API/videos", "/api/videos%2F..%2f..", "/api/videos/", "/api/./videos"] {
                try await Self.expect([400, 404], Self.head("GET \(path) HTTP/1.1", server, close), server)
            }
            let long = String(repeating: "a", count: 20_000)
            try await Self.expect([400], Self.head("GET /api/videos?x=\(long) HTTP/1.1", server, close), server)
            try await Self.expect([404], Self.head("GET /\(long) HTTP/1.1", server, close), server)
            let longer = String(repeating: "a", count: 200_000)
            try await Self.expect([400], Self.head("GET /\(longer) HTTP/1.1", server, close), server)
            try await Self.expect([400], Self.head("GET / HTTP/1.1", server, ["X: \(longer)"]), server)
        }
    }
}
#endif
