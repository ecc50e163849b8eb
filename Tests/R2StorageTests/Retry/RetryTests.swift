#if Storage
import AsyncHTTPClient
import Logging
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import Testing

/// Which requests are retried, when, and how often.
@Suite struct RetryTests {
    @Test(arguments: [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527])
    func `transient statuses are retried`(_ status: Int) async throws {
        try await StubServer.run {
            $0.index == 0 ? .response(status) : .head(1)
        } _: { server in
            _ = try await server.client().head(Fixture.key())
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [304, 400, 401, 403, 404, 405, 409, 411, 412, 416, 501, 505, 530])
    func `permanent statuses aren't retried`(_ status: Int) async throws {
        try await StubServer.run { _ in
            .response(status)
        } _: { server in
            let error = await r2Error { _ = try await server.client().head(Fixture.key()) }
            #expect(error?.status == status)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [StubServer.Step.close, .reset])
    func `a broken connection is retried`(_ end: StubServer.Step) async throws {
        try await StubServer.run {
            $0.index < 2 ? [end] : .head(1)
        } _: { server in
            _ = try await server.client().head(Fixture.key())
            #expect(server.requests.count == 3)
        }
    }

    @Test func `delays are random, grow, and end with the attempts`() async throws {
        try await StubServer.run { _ in
            .response(503)
        } _: { server in
            let manual = ManualEnvironment(chance: 0.25)
            let policy = RetryPolicy(maximumAttempts: 5, baseDelay: .milliseconds(400), maximumDelay: .seconds(2))
            let error = await r2Error {
                _ = try await server.client(manual, configuration: .init(retry: policy).patient).head(Fixture.key())
            }
            #expect(error?.status == 503)
            #expect(manual.pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(500)])
            #expect(server.requests.count == 5)
        }
    }

    @Test func `the server's delay is respected up to the maximum`() async throws {
        try await StubServer.run { request in
            switch request.index {
            case 0: .error(503, "SlowDown", ["retry-after": "7"])
            case 1: .error(503, "SlowDown", ["retry-after": "3600"])
            default: .head(1)
            }
        } _: { server in
            let manual = ManualEnvironment(chance: 0)
            let error = await r2Error { _ = try await server.client(manual).get(Fixture.key()) }
            #expect(error?.retryAfter == .seconds(3600))
            #expect(manual.pauses == [.seconds(7)])
            #expect(server.requests.count == 2)
        }
    }

    /// The server's `Retry-After`, its clock, and the expected delay when this machine's clock shows 03:04:05.
    private static let retryDates: [(String, String?, Int?)] = [
        ("Fri, 02 Jan 2026 03:04:12 GMT", nil, 7), ("Friday, 02-Jan-26 03:05:05 GMT", nil, 60),
        ("Fri, 02 Jan 2026 05:00:00 GMT", "Fri, 02 Jan 2026 04:59:58 GMT", 2),
        ("Fri, 02 Jan 2026 03:04:04 GMT", nil, 0), ("Fri, 02 Jan 2026 03:05:06 GMT", nil, nil), ("tomorrow", nil, 0),
    ]

    @Test(arguments: retryDates)
    func `the server's delay can be a date`(_ retryAfter: String, _ date: String?, _ seconds: Int?) async throws {
        try await StubServer.run {
            var headers = ["retry-after": retryAfter]
            headers["date"] = date
            return $0.index == 0 ? .error(503, "SlowDown", headers) : .head(1)
        } _: { server in
            let manual = ManualEnvironment(chance: 0)
            let error = await r2Error { _ = try await server.client(manual).head(Fixture.key()) }
            if let seconds {
                #expect(error == nil)
                #expect(manual.pauses == [.seconds(seconds)])
            } else {
                #expect(error?.retryAfter == .seconds(61))
                #expect(manual.pauses.isEmpty)
            }
        }
    }

    @Test func `a budget limits the retries of a client and its copies`() async throws {
        let isDown = Mutex(true)
        try await StubServer.run { _ in
            isDown.withLock { $0 } ? .response(503) : .head(1)
        } _: { server in
            let policy = RetryPolicy(maximumAttempts: 3, budget: 3)
            let client = try server.client(configuration: .init(retry: policy).patient)
            var copy = client
            copy.logger.logLevel = .error
            for client in [client, copy, client.with(timeLimit: .seconds(60)), client] {
                _ = await r2Error { _ = try await client.head(Fixture.key()) }
            }
            // Four calls, and three retries for all of them.
            #expect(server.requests.count == 7)

            isDown.withLock { $0 = false }
            for _ in 0..<9 { _ = try await client.head(Fixture.key()) }
            isDown.withLock { $0 = true }
            _ = await r2Error { _ = try await client.head(Fixture.key()) }
            #expect(server.requests.count == 17)
            isDown.withLock { $0 = false }
            _ = try await client.head(Fixture.key())
            isDown.withLock { $0 = true }
            _ = await r2Error { _ = try await client.head(Fixture.key()) }
            // Ten successes have earned one.
            #expect(server.requests.count == 20)
        }
    }

    @Test func `a budget can have any size`() async throws {
        try await StubServer.run {
            $0.index < 2 ? .response(503) : .head(1)
        } _: { server in
            let client = try server.client(configuration: .init(retry: RetryPolicy(budget: .max)))
            _ = try await client.head(Fixture.key())
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a connection that fails with an unknown error is retried`() async throws {
        struct OwnFault: Error {}
        let connections = Mutex(0)
        var http = R2ClientConfiguration.httpClientConfiguration
        http.http1_1ConnectionDebugInitializer = { channel in
            let isFirst = connections.withLock { count in
                count += 1
                return count == 1
            }
            let loop = channel.eventLoop
            return isFirst ? loop.makeFailedFuture(OwnFault()) : loop.makeSucceededVoidFuture()
        }
        let httpClient = HTTPClient(eventLoopGroupProvider: .singleton, configuration: http)
        try await StubServer.run { _ in
            .head(1)
        } _: { server in
            let client = try server.client(httpClient: httpClient)
            await #expect(throws: Never.self) { _ = try await client.head(Fixture.key()) }
            #expect(connections.withLock { $0 } == 2)
        }
        try await httpClient.shutdown()
    }

    @Test func `no retry starts that would exceed the time limit`() async throws {
        try await StubServer.run { _ in
            .response(503)
        } _: { server in
            let manual = ManualEnvironment(chance: 0.5)
            let policy = RetryPolicy(maximumAttempts: 10, baseDelay: .seconds(2000), maximumDelay: .seconds(2000))
            let client = try server.client(manual, configuration: .init(retry: policy, timeLimit: .seconds(3500)))
            let error = await r2Error { _ = try await client.head(Fixture.key()) }
            #expect(error?.status == 503)
            #expect(manual.pauses == [.seconds(1000), .seconds(1000), .seconds(1000)])
        }
    }

    @Test func `a time limit cancels the attempt in progress`() async throws {
        let manual = ManualEnvironment(isStopped: true)
        try await StubServer.run { _ in
            [.wait { manual.advance(by: .seconds(3)) }, .hang]
        } _: { server in
            // The clock doesn't reach the stall timeout.
            let client = try server.client(manual).with(timeLimit: .seconds(3))
            let error = await r2Error { _ = try await client.head(Fixture.key()) }
            #expect(error?.code == .timedOut)
            #expect(server.requests.count == 1)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a stalled request is retried`() async throws {
        let manual = ManualEnvironment(isStopped: true)
        try await StubServer.run {
            $0.index == 0 ? [.wait { manual.advance(by: .seconds(5)) }, .hang] : .head(1)
        } _: { server in
            let client = try server.client(manual, configuration: .init(stallTimeout: .seconds(5)))
            _ = try await client.head(Fixture.key())
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [200, 503])
    func `a response that stalls times out`(_ status: Int) async throws {
        try await StubServer.run { _ in
            .response(status, ["content-length": "9999"], "<ListBucketResult>") + [.hang]
        } _: { server in
            let client = try server.client(configuration: .init(retry: .none, stallTimeout: .seconds(3)))
            let error = await r2Error { for try await _ in client.list() {} }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("no progress") == true)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a completion has a longer stall timeout`() async throws {
        let response = Array<StubServer.Step>.response(200, [:], Documents.completed("tag-1"))
        let manual = ManualEnvironment(isStopped: true)
        try await StubServer.run { _ in
            [.wait { try? await manual.advanceAndWait(by: .seconds(6)) }] + response
        } _: { server in
            let client = try server.client(
                manual, configuration: .init(stallTimeout: .seconds(4), completionTimeout: .seconds(60)))
            try await client.completeMultipartUpload(
                UploadID("u"), key: Fixture.key(), parts: [.init(1, etag: ETag("tag"))])
            #expect(server.requests.count == 1)
        }
    }

    @Test func `canceling the task ends a delay`() async throws {
        try await StubServer.run { _ in
            .response(503)
        } _: { server in
            // Without the cancellation, the test wouldn't end.
            let policy = RetryPolicy(baseDelay: .seconds(1_000_000), maximumDelay: .seconds(1_000_000))
            let client = R2Client(
                try Fixture.config(port: server.port), configuration: .init(retry: policy).patient)
            let task = Task { _ = try await client.head(Fixture.key()) }
            try await settles { server.requests.count == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a canceled task sends nothing`() async throws {
        try await StubServer.run { _ in
            .head(1)
        } _: { server in
            let client = try server.client()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                _ = try await client.head(Fixture.key())
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(server.requests.isEmpty)
        }
    }

    @Test(arguments: [
        ("status 503", [StubServer.Step].error(503, "SlowDown")), ("status 500", .error(500, "InternalError")),
        ("status 502", .response(502)), ("truncated", [.close]),
    ])
    func `creating an upload is retried whether or not the first attempt arrived`(
        _ name: String, _ first: [StubServer.Step]
    ) async throws {
        try await StubServer.run {
            $0.index == 0 ? first : .response(200, [:], Documents.uploadCreated)
        } _: { server in
            let id = try await server.client().createMultipartUpload(Fixture.key())
            #expect(id.rawValue == "upload/1+=")
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [
        "<Error><Code>InternalError</Code></Error>", "<Error><Code>SlowDown</Code></Error>",
    ])
    func `an error in the body of a success is retried`(_ body: String) async throws {
        let copied = "<CopyObjectResult><ETag>\"tag\"</ETag></CopyObjectResult>"
        try await StubServer.run {
            .response(200, [:], $0.index == 0 ? body : copied)
        } _: { server in
            try await server.client().copy(CopySource(Fixture.key("a")), to: Fixture.key())
            #expect(server.requests.count == 2)
        }
        try await StubServer.run { _ in
            .response(200, [:], "<Error><Code>AccessDenied</Code></Error>")
        } _: { server in
            let error = await r2Error {
                try await server.client().copy(CopySource(Fixture.key("a")), to: Fixture.key())
            }
            #expect(error?.code == .accessDenied)
            #expect(server.requests.count == 1)
        }
    }
}
#endif
