#if Emulator && Delivery && SQLite
import NIOHTTP1
import Testing

@Suite("The metrics of the video server")
struct MetricsTests {
    @Test func `requests and calls of R2 are counted in Prometheus's format`() async throws {
        try await RunningServer.with { server in
            let cookie = try await server.signIn("ada")
            let upload = try await server.send(
                .POST, "/api/uploads",
                json: #"{"file": {"name": "a.mp4", "byteSize": 1000}, "token": "t1", "sessionID": "speaking/1"}"#,
                cookie: cookie)
            #expect(upload.status == 200)
            _ = try await server.send(.GET, "/nothing/%22x%22", cookie: cookie)
            _ = try await server.send(.PUT, "/")
            let reply = try await server.send(.GET, "/metrics")
            #expect(reply.headers.first(name: "content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let expected = [
                #"http_requests_total{area="/api/uploads",method="POST",status="200"} 1"#,
                #"http_requests_total{area="other",method="GET",status="404"} 1"#,
                #"http_request_duration_seconds_count{area="/api/uploads",method="POST"} 1"#,
                #"http_request_duration_seconds_bucket{area="/api/uploads",method="POST",le="+Inf"} 1"#,
            ]
            let lines = reply.body.split(separator: "\n").map(String.init)
            for line in expected { #expect(lines.contains(line), "\(line) isn't in \(reply.body)") }
            #expect(lines.contains { $0.contains(#"method="other""#) })
            // The server sets the CORS rules of its emulator.
            #expect(lines.contains { $0.hasPrefix("r2_client_duration_seconds_count{") })
            let form = /[a-z0-9_]+(\{([a-z_]+="[^"\n]*",?)+\})? [0-9.e+-]+|# TYPE [a-z0-9_]+ (counter|gauge|histogram)/
            for line in lines { #expect(line.wholeMatch(of: form) != nil, "\(line)") }
            // Every metric has one type, and the counts of its buckets grow.
            let types = lines.filter { $0.hasPrefix("# TYPE") }
            #expect(Set(types).count == types.count)
        }
    }
}
#endif
