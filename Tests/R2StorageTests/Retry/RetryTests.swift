#if Storage
import AsyncHTTPClient
import Logging
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import Testing

/// What is sent again, when, and how often.
@Suite struct RetryTests {
    @Test(arguments: [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527])
    func `what passes is sent again`(_ status: Int) async throws {
        try await StubServer.run {
            $0.index == 0 ? .answer(status) : .head(1)
        } _: { server in
            _ = try await server.client().head(Fixture.key())
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [304, 400, 401, 403, 404, 405, 409, 411, 412, 416, 501, 505, 530])
    func `what stays is not sent again`(_ status: Int) async throws {
        try await StubServer.run { _ in
            .answer(status)
        } _: { server in
            let error = await r2Error { _ = try await server.client().head(Fixture.key()) }
            #expect(error?.status == status)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [StubServer.Step.close, .reset])
    func `a connection that breaks is tried again`(_ end: StubServer.Step) async throws {
        try await StubServer.run {
            $0.index < 2 ? [end] : .head(1)
        } _: { server in
            _ = try await server.client().head(Fixture.key())
            #expect(server.requests.count == 3)
        }
    }

    @Test func `pauses grow, by lot, and end with the tries`() async throws {
        try await StubServer.run { _ in
            .answer(503)
        } _: { server in
            let manual = ManualSurroundings(chance: 0.25)
            let policy = RetryPolicy(maximumAttempts: 5, baseDelay: .milliseconds(400), maximumDelay: .seconds(2))
            let error = await r2Error {
                _ = try await server.client(manual, configuration: .init(retry: policy)).head(Fixture.key())
            }
            #expect(error?.status == 503)
            #expect(manual.pauses == [.milliseconds(100), .milliseconds(200), .milliseconds(400), .milliseconds(500)])
            #expect(server.requests.count == 5)
        }
    }

    @Test func `the server's wish is waited for, within bounds`() async throws {
        try await StubServer.run { request in
            switch request.index {
            case 0: .error(503, "SlowDown", ["retry-after": "7"])
            case 1: .error(503, "SlowDown", ["retry-after": "3600"])
            default: .head(1)
            }
        } _: { server in
            let manual = ManualSurroundings(chance: 0)
            let error = await r2Error { _ = try await server.client(manual).get(Fixture.key()) }
            #expect(error?.retryAfter == 3600)
            #expect(manual.pauses == [.seconds(7)])
            #expect(server.requests.count == 2)
        }
    }

    /// What the server wishes, what its clock says, and how long is waited by this machine's clock, at 03:04:05.
    private static let wishes: [(String, String?, Int?)] = [
        ("Fri, 02 Jan 2026 03:04:12 GMT", nil, 7), ("Friday, 02-Jan-26 03:05:05 GMT", nil, 60),
        ("Fri, 02 Jan 2026 05:00:00 GMT", "Fri, 02 Jan 2026 04:59:58 GMT", 2),
        ("Fri, 02 Jan 2026 03:04:04 GMT", nil, 0), ("Fri, 02 Jan 2026 03:05:06 GMT", nil, nil), ("tomorrow", nil, 0),
    ]

    @Test(arguments: wishes)
    func `the server's wish may be a date`(_ wish: String, _ date: String?, _ seconds: Int?) async throws {
        try await StubServer.run {
            var headers = ["retry-after": wish]
            headers["date"] = date
            return $0.index == 0 ? .error(503, "SlowDown", headers) : .head(1)
        } _: { server in
            let manual = ManualSurroundings(chance: 0)
            let error = await r2Error { _ = try await server.client(manual).head(Fixture.key()) }
            if let seconds {
                #expect(error == nil)
                #expect(manual.pauses == [.seconds(seconds)])
            } else {
                #expect(error?.retryAfter == 61)
                #expect(manual.pauses.isEmpty)
            }
        }
    }

    @Test func `a budget bounds the retries of a client and its copies`() async throws {
        let isDown = Mutex(true)
        try await StubServer.run { _ in
            isDown.withLock { $0 } ? .answer(503) : .head(1)
        } _: { server in
            let policy = RetryPolicy(maximumAttempts: 3, budget: 3)
            let client = try server.client(configuration: .init(retry: policy))
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

    @Test func `a budget may be as large as one likes`() async throws {
        try await StubServer.run {
            $0.index < 2 ? .answer(503) : .head(1)
        } _: { server in
            let client = try server.client(configuration: .init(retry: RetryPolicy(budget: .max)))
            _ = try await client.head(Fixture.key())
            #expect(server.requests.count == 3)
        }
    }

    @Test func `a connection that fails in a way of its own is tried again`() async throws {
        struct OwnFault: Error {}
        let connections = Mutex(0)
        var http = HTTPClient.Configuration.r2
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

    @Test func `a time limit ends the retries before it is over`() async throws {
        try await StubServer.run { _ in
            .answer(503)
        } _: { server in
            let manual = ManualSurroundings(chance: 0.5)
            let policy = RetryPolicy(maximumAttempts: 10, baseDelay: .seconds(2000), maximumDelay: .seconds(2000))
            let client = try server.client(manual, configuration: .init(retry: policy, timeLimit: .seconds(3500)))
            let error = await r2Error { _ = try await client.head(Fixture.key()) }
            #expect(error?.status == 503)
            #expect(manual.pauses == [.seconds(1000), .seconds(1000), .seconds(1000)])
        }
    }

    @Test func `a time limit cuts off the try that is under way`() async throws {
        try await StubServer.run { _ in
            [.hang]
        } _: { server in
            let began = ContinuousClock.now
            let client = try server.client().with(timeLimit: .seconds(3))
            let error = await r2Error { _ = try await client.head(Fixture.key()) }
            #expect(error?.code == .timedOut)
            #expect(ContinuousClock.now - began < .seconds(30))
            #expect(server.requests.count == 1)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a server that stands still is tried again`() async throws {
        let manual = ManualSurroundings(stands: true)
        try await StubServer.run {
            $0.index == 0 ? [.wait { manual.advance(by: .seconds(5)) }, .hang] : .head(1)
        } _: { server in
            let client = try server.client(manual, configuration: .init(stallTimeout: .seconds(5)))
            _ = try await client.head(Fixture.key())
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [200, 503])
    func `an answer that stands still in its middle is given up`(_ status: Int) async throws {
        try await StubServer.run { _ in
            .answer(status, ["content-length": "9999"], "<ListBucketResult>") + [.hang]
        } _: { server in
            // The time limit is only there so that the test ends in any case.
            let client = try server.client(
                configuration: .init(retry: .none, timeLimit: .seconds(30), stallTimeout: .seconds(3)))
            let error = await r2Error { for try await _ in client.list() {} }
            #expect(error?.code == .timedOut)
            #expect(error?.message.contains("no byte has moved") == true)
            try await settles { server.openConnections == 0 }
        }
    }

    @Test func `a completion may take longer than other requests`() async throws {
        let answer = Array<StubServer.Step>.answer(200, [:], Documents.completed("tag-1"))
        let manual = ManualSurroundings(stands: true)
        try await StubServer.run { _ in
            [.wait { try? await manual.pass(.seconds(6)) }] + answer
        } _: { server in
            let client = try server.client(
                manual, configuration: .init(stallTimeout: .seconds(4), completionTimeout: .seconds(60)))
            try await client.completeMultipartUpload(
                UploadID("u"), key: Fixture.key(), parts: [.init(1, etag: ETag("tag"))])
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a pause ends with its task`() async throws {
        try await StubServer.run { _ in
            .answer(503)
        } _: { server in
            let policy = RetryPolicy(baseDelay: .seconds(600), maximumDelay: .seconds(600))
            let client = R2Client(
                try Fixture.config(port: server.port), configuration: .init(retry: policy))
            let task = Task { _ = try await client.head(Fixture.key()) }
            try await settles { server.requests.count == 1 }
            let began = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - began < .seconds(30))
        }
    }

    @Test func `a task that is cancelled sends nothing`() async throws {
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
        ("answered 503", [StubServer.Step].error(503, "SlowDown")), ("answered 500", .error(500, "InternalError")),
        ("answered 502", .answer(502)), ("cut off", [.close]),
    ])
    func `an upload is begun again, whether the first try arrived or not`(
        _ name: String, _ first: [StubServer.Step]
    ) async throws {
        try await StubServer.run {
            $0.index == 0 ? first : .answer(200, [:], Documents.uploadBegun)
        } _: { server in
            let id = try await server.client().createMultipartUpload(Fixture.key())
            #expect(id.rawValue == "upload/1+=")
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [
        "<Error><Code>InternalError</Code></Error>", "<Error><Code>SlowDown</Code></Error>",
    ])
    func `an error in the body of a success is one, and tried again`(_ body: String) async throws {
        let copied = "<CopyObjectResult><ETag>\"tag\"</ETag></CopyObjectResult>"
        try await StubServer.run {
            .answer(200, [:], $0.index == 0 ? body : copied)
        } _: { server in
            try await server.client().copy(CopySource(Fixture.key("a")), to: Fixture.key())
            #expect(server.requests.count == 2)
        }
        try await StubServer.run { _ in
            .answer(200, [:], "<Error><Code>AccessDenied</Code></Error>")
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
