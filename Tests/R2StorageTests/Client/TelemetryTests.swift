#if Storage
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import NIOCore
import R2Kit
import R2Storage
import Testing
import Tracing

/// Logs, metrics and spans.
@Suite struct TelemetryTests {
    /// Makes calls that succeed, fail, and are retried, with responses that repeat signatures.
    private func exercise(_ client: R2Client) async throws {
        try await client.put([1, 2, 3], to: Fixture.key("a"))
        try await client.put(.sequence(Chunks([[1], [2]]), length: 2), to: Fixture.key("a"))
        for try await _ in try await client.get(Fixture.key("b")).body {}
        _ = await r2Error { _ = try await client.get(Fixture.key("c")) }
        _ = await r2Error { _ = try await client.createMultipartUpload(Fixture.key("d")) }
        _ = await r2Error { for try await _ in client.list(prefix: "x") {} }
    }

    @Sendable private static func script(_ request: StubServer.Request) -> [StubServer.Step] {
        switch (request.method, request.path) {
        case ("PUT", _): request.index == 0 ? .error(503, "SlowDown") : .stored
        case (_, "/media/b"): .object("12345")
        case (_, "/media/c"):
            .response(
                403, [:],
                "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>\(request["authorization"] ?? "")</StringToSign>"
                    + "<SignatureProvided>\(request["authorization"] ?? "")</SignatureProvided></Error>")
        case ("POST", _): [.reset]
        default: .response(200, [:], "<NoList>\(request["authorization"] ?? "")</NoList>")
        }
    }

    @Test func `no log at any level contains a secret, a token or a signature`() async throws {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .trace
        try await StubServer.run {
            Self.script($0)
        } _: { server in
            try await exercise(server.client(logger: logger, sessionToken: Fixture.token))
            let text = handler.entries.map { "\($0.level) \($0.message) \($0.metadata)" }.joined(separator: "\n")
            #expect(handler.entries.count > 10)
            #expect(handler.entries.contains { $0.level == .trace })
            let signatures = server.requests.compactMap { $0["authorization"]?.split(separator: "Signature=").last }
            #expect(signatures.count == server.requests.count)
            for secret in signatures.map(String.init) + [Fixture.secret, Fixture.token, "Credential=", "uthorization"] {
                #expect(!text.contains(secret))
            }
        }
    }

    @Test(arguments: [("truncated", [StubServer.Step.close]), ("rejected", .error(503, "SlowDown"))])
    func `an upload that may remain is logged`(_ name: String, _ first: [StubServer.Step]) async throws {
        let handler = InMemoryLogHandler()
        try await StubServer.run {
            $0.index == 0 ? first : .response(200, [:], Documents.uploadCreated)
        } _: { server in
            let logger = Logger(label: "test") { _ in handler }
            _ = try await server.client(logger: logger).createMultipartUpload(Fixture.key())
            let lines = handler.entries.filter { $0.level == .info && "\($0.message)".contains("may remain") }
            #expect(lines.count == (name == "truncated" ? 1 : 0))
        }
    }

    @Test func `a log message has the metadata that a search needs`() async throws {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .debug
        try await StubServer.run { _ in
            .error(404, "NoSuchKey")
        } _: { server in
            _ = await r2Error { _ = try await server.client(logger: logger).get(Fixture.key()) }
            let entry = try #require(handler.entries.first { $0.metadata["status"] != nil })
            let expected: [String: String] = [
                "operation": "GetObject", "bucket": "media", "key": "videos/1.mp4", "attempt": "1", "status": "404",
                "request-id": "REQ-1", "cf-ray": "ray-1",
            ]
            for (name, value) in expected { #expect(entry.metadata[name] == .string(value)) }
            #expect(entry.metadata["duration"] != nil)
        }
    }

    @Test func `requests, retries, bytes and durations are counted`() async throws {
        let metrics = TestMetrics()
        try await StubServer.run {
            Self.script($0)
        } _: { server in
            try await exercise(server.client(configuration: .init(metricsFactory: metrics)))
        }
        func requests(_ operation: String, _ outcome: String) -> Int64 {
            metrics.counterTotal(
                label: "r2_client_requests_total", dimensions: [("operation", operation), ("outcome", outcome)])
        }
        #expect(requests("PutObject", "success") == 2)
        #expect(requests("GetObject", "success") == 1)
        #expect(requests("GetObject", "SignatureDoesNotMatch") == 1)
        #expect(requests("CreateMultipartUpload", "ConnectionFailed") == 1)
        #expect(requests("ListObjectsV2", "InvalidResponse") == 1)
        let put = [("operation", "PutObject")]
        #expect(metrics.counterTotal(label: "r2_client_retries_total", dimensions: put) == 1)
        #expect(metrics.counterTotal(label: "r2_client_sent_bytes_total", dimensions: put) == 3 + 3 + 2)
        let get = [("operation", "GetObject")]
        #expect(metrics.counterTotal(label: "r2_client_received_bytes_total", dimensions: get) > 5)
        #expect(try metrics.expectTimer("r2_client_duration_seconds", put).values.count == 2)
    }

    @Test func `codes that a server makes up don't become metrics without end`() async throws {
        let metrics = TestMetrics()
        try await StubServer.run {
            if $0.method == "HEAD" { return .head(1) }
            return .error(403, $0.index == 0 ? "Not a name: \(Fixture.token)" : "Code\($0.index)")
        } _: { server in
            let client = try server.client(configuration: .init(metricsFactory: metrics))
            for _ in 0..<120 { _ = await r2Error { _ = try await client.get(Fixture.key()) } }
        }
        func requests(_ outcome: String) -> Int64 {
            metrics.counterTotal(
                label: "r2_client_requests_total", dimensions: [("operation", "GetObject"), ("outcome", outcome)])
        }
        #expect(requests("Code1") == 1 && requests("Code119") == 0 && requests("other") == 20)
        #expect(requests("Not a name: \(Fixture.token)") == 0)
    }

    @Test func `a call is a span with conventional attributes`() async throws {
        let tracer = InMemoryTracer()
        try await StubServer.run {
            Self.script($0)
        } _: { server in
            try await exercise(server.client(configuration: .init(tracer: tracer)))
        }
        let spans = tracer.finishedSpans
        #expect(
            spans.map(\.operationName) == [
                "S3.PutObject", "S3.PutObject", "S3.GetObject", "S3.GetObject", "S3.CreateMultipartUpload",
                "S3.ListObjectsV2",
            ])
        let put = spans[0].attributes
        let expected: [String: SpanAttribute] = [
            "rpc.system": "aws-api", "rpc.service": "S3", "rpc.method": "PutObject", "aws.s3.bucket": "media",
            "aws.s3.key": "a", "http.response.status_code": 200, "aws.request_id": "REQ-1",
            "http.request.resend_count": 1,
        ]
        for (name, value) in expected { #expect(put.get(name) == value, "\(name)") }
        #expect(spans.allSatisfy { $0.kind == .client })
        #expect(spans.map { $0.errors.count } == [0, 0, 0, 1, 1, 1])
        #expect(spans[3].attributes.get("error.type") == "SignatureDoesNotMatch")
    }
}
#endif
