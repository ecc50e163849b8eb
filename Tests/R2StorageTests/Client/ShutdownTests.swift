#if Storage
import AsyncHTTPClient
import NIOCore
import R2Kit
import R2Storage
import ServiceLifecycle
import Testing

/// A shutdown lets calls in progress finish, although they need further requests.
@Suite struct ShutdownTests {
    private static let size = 3 * partLength + 100

    /// A call of several requests, one of which can be delayed.
    struct Call: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The name of the delayed request.
        let held: String
        let run: @Sendable (TransferFixture) async throws -> Void
    }

    static let calls: [Call] = [
        Call(testDescription: "an upload", held: "UploadPart 1") { fixture in
            _ = try await fixture.client.upload(
                .bytes(pattern(size)), to: fixture.key, options: TransferFixture.parts(concurrency: 1))
            #expect(fixture.object?.content == pattern(size))
        },
        Call(testDescription: "an upload that fails, and is aborted", held: "UploadPart 1") { fixture in
            fixture.bucket.fail("UploadPart 2", .error(403, "AccessDenied"))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .bytes(pattern(size)), to: fixture.key, options: TransferFixture.parts(concurrency: 1))
            }
            #expect(error.r2Error?.code == .accessDenied && error.cleanupError == nil)
            #expect(fixture.bucket.uploads.isEmpty)
        },
        Call(testDescription: "an upload that is resumed", held: "ListParts") { fixture in
            fixture.bucket.fail("UploadPart 3", .error(403, "AccessDenied"))
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .bytes(pattern(size)), to: fixture.key,
                    options: TransferFixture.parts(concurrency: 1, onFailure: .keepForResume))
            }
            _ = try await fixture.client.resume(try #require(error.uploadToken), from: .bytes(pattern(size)))
            #expect(fixture.object?.content == pattern(size))
        },
        Call(testDescription: "a download", held: "GetObject") { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(size))
            try await fixture.client.download(
                fixture.key, to: .file(fixture.path("target")), options: DownloadOptions(concurrency: 1))
            #expect(fixture.contents("target") == pattern(size))
        },
        Call(testDescription: "a download to a closure", held: "HeadObject") { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(size))
            let result = try await fixture.client.download(fixture.key, to: .sink { _ in })
            #expect(result.bytesReceived == size)
        },
        Call(testDescription: "a list of parts", held: "ListParts") { fixture in
            let id = try await fixture.client.createMultipartUpload(fixture.key)
            for number in 1...5 { fixture.bucket.storePart(id.rawValue, number, ByteBuffer(string: "x")) }
            var numbers: [Int] = []
            for try await part in fixture.client.listParts(of: id, key: fixture.key) { numbers.append(part.number) }
            #expect(numbers == [1, 2, 3, 4, 5])
        },
    ]

    @Test(arguments: calls) func `a call in progress sends all the requests that it needs`(_ call: Call) async throws {
        try await TransferFixture.run { fixture in
            let (arrived, go) = (Latch(), Latch())
            fixture.bucket.fail(call.held, .workAfter(arrived, go))
            async let outcome: Void = call.run(fixture)
            await arrived.wait()
            async let shutdown: Void = fixture.client.shutdown()
            try await eventually("the shutdown has begun") { fixture.client.isShutDown }
            go.open()
            try await outcome
            try await shutdown
            let error = await r2Error { _ = try await fixture.client.head(fixture.key) }
            #expect(error?.code == .clientShutDown)
        }
    }

    @Test(arguments: [false, true])
    func `thousands of deletions and their listing finish`(isSequence: Bool) async throws {
        let keys = try (10_000..<12_500).map { try ObjectKey("\($0)") }
        let (arrived, go) = (Latch(), Latch())
        try await StubServer.run { request in
            if request.method == "GET" {
                let isFirst = !request.target.contains("continuation-token")
                let page = (isFirst ? keys.prefix(1500) : keys.dropFirst(1500)).map(\.rawValue)
                return .response(200, [:], Documents.list(page, next: isFirst ? "next" : nil))
            }
            arrived.open()
            await go.wait()
            let deleted = String(decoding: request.body, as: UTF8.self).split(separator: "<Key>").dropFirst()
                .map { "<Deleted><Key>\($0.prefix { $0 != "<" })</Key></Deleted>" }
            return .response(200, [:], "<DeleteResult>\(deleted.joined())</DeleteResult>")
        } _: { server in
            let client = try server.client()
            async let failures = {
                isSequence
                    ? try await client.deleteObjects(client.list().map(\.key))
                    : try await client.deleteObjects(keys).count { !$0.isDeleted }
            }()
            await arrived.wait()
            async let shutdown: Void = client.shutdown()
            try await settles { client.isShutDown }
            go.open()
            #expect(try await failures == 0)
            try await shutdown
            #expect(server.requests.count { $0.method == "POST" } == 3)
        }
    }

    @Test func `a listing that was finished or dropped doesn't delay the shutdown`() async throws {
        try await StubServer.run { request in
            let isFirst = !request.target.contains("continuation-token")
            return .response(
                200, [:], Documents.list(isFirst ? ["a", "b"] : ["c", "d"], next: isFirst ? "next" : nil))
        } _: { server in
            let client = try server.client(configuration: .init(shutdownTimeLimit: nil))
            var whole = client.list().makeAsyncIterator()
            var count = 0
            while try await whole.next() != nil { count += 1 }
            #expect(count == 4)
            do {
                var dropped = client.list().makeAsyncIterator()
                #expect(try await dropped.next()?.key.rawValue == "a")
            }
            try await client.shutdown()
            _ = try await whole.next()
        }
    }

    @Test func `a transfer that starts after the shutdown sends nothing and keeps its token`() async throws {
        try await TransferFixture.run { fixture in
            fixture.bucket.store(fixture.key.rawValue, pattern(Self.size))
            let token = try await Self.kept(fixture)
            fixture.bucket.fail("GetObject", .error(403, "AccessDenied"))
            let download = try await transferError { () async throws(TransferError) in
                try await fixture.client.download(
                    fixture.key, to: .file(fixture.path("target")), options: .resuming)
            }
            try await fixture.client.shutdown()
            let before = fixture.bucket.requests.count
            let error = try await transferError { () async throws(TransferError) in
                _ = try await fixture.client.resume(token, from: .bytes(pattern(Self.size)), options: UploadOptions())
            }
            #expect(error.r2Error?.code == .clientShutDown && error.uploadToken == token)
            let downloadToken = try #require(download.downloadToken)
            let second = try await transferError { () async throws(TransferError) in
                try await fixture.client.resume(
                    downloadToken, to: .file(fixture.path("target")), options: DownloadOptions())
            }
            #expect(second.r2Error?.code == .clientShutDown && second.downloadToken == downloadToken)
            #expect(fixture.files.count == 1)
            #expect(fixture.bucket.requests.count == before)
        }
    }

    /// Returns the token of an upload that failed at its second part.
    private static func kept(_ fixture: TransferFixture) async throws -> R2Upload.ResumeToken {
        fixture.bucket.fail("UploadPart 2", .error(403, "AccessDenied"))
        let error = try await transferError { () async throws(TransferError) in
            _ = try await fixture.client.upload(
                .bytes(pattern(size)), to: fixture.key,
                options: TransferFixture.parts(concurrency: 1, onFailure: .keepForResume))
        }
        return try #require(error.uploadToken)
    }

    /// The event that ends the wait for calls in progress.
    enum End: CaseIterable, Sendable { case limit, group, task }

    @Test(arguments: End.allCases)
    func `a transfer that takes too long is canceled and can be resumed`(_ end: End) async throws {
        let limit: Duration? = end == .limit ? .milliseconds(20) : nil
        try await TransferFixture.run(shutdownTimeLimit: limit) { fixture in
            let (arrived, never) = (Latch(), Latch())
            fixture.bucket.fail("UploadPart 2", .workAfter(arrived, never))
            let source = UploadSource.file(try fixture.file(pattern(Self.size)))
            async let failure = transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    source, to: fixture.key,
                    options: TransferFixture.parts(concurrency: 1, onFailure: .keepForResume))
            }
            await arrived.wait()
            switch end {
            case .limit: try await fixture.client.shutdown()
            case .task:
                let task = Task { try await fixture.client.shutdown() }
                try await eventually("the shutdown has begun") { fixture.client.isShutDown }
                task.cancel()
                try await task.value
            case .group:
                let other = OtherService()
                var settings = ServiceGroupConfiguration(
                    services: [.init(service: R2ClientService(fixture.client)), .init(service: other)],
                    logger: .silent)
                settings.maximumGracefulShutdownDuration = .milliseconds(20)
                let group = ServiceGroup(configuration: settings)
                let running = Task { try await group.run() }
                await other.runs.wait()
                await group.triggerGracefulShutdown()
                _ = await running.result
            }
            let error = try await failure
            never.open()
            #expect(error.code == .cancelled)
            #expect(error.r2Error?.code == .clientShutDown)
            let token = try #require(error.uploadToken)
            #expect(token.parts.map(\.number) == [1])
            let before = fixture.bucket.requests.count
            _ = try await fixture.another().resume(token, from: source)
            #expect(!fixture.bucket.sentParts(after: before).contains(1))
            #expect(fixture.object?.content == pattern(Self.size))
        }
    }

    @Test func `an upload that isn't kept is aborted before the connections are closed`() async throws {
        try await TransferFixture.run(shutdownTimeLimit: .milliseconds(20), ownsConnections: true) { fixture in
            let (arrived, never) = (Latch(), Latch())
            fixture.bucket.fail("UploadPart 2", .workAfter(arrived, never))
            async let failure = transferError { () async throws(TransferError) in
                _ = try await fixture.client.upload(
                    .bytes(pattern(Self.size)), to: fixture.key, options: TransferFixture.parts(concurrency: 1))
            }
            await arrived.wait()
            try await fixture.client.shutdown()
            let error = try await failure
            never.open()
            #expect(error.code == .cancelled && error.cleanupError == nil && error.uploadToken == nil)
            #expect(fixture.bucket.uploads.isEmpty)
        }
    }

    @Test func `a single request that takes too long fails when the connections are closed`() async throws {
        try await TransferFixture.run(shutdownTimeLimit: .milliseconds(20), ownsConnections: true) { fixture in
            let (arrived, never) = (Latch(), Latch())
            fixture.bucket.fail("PutObject", .workAfter(arrived, never))
            async let failure = r2Error { try await fixture.client.put(ByteBuffer(string: "x"), to: fixture.key) }
            await arrived.wait()
            try await fixture.client.shutdown()
            #expect(await failure?.code == .clientShutDown)
            never.open()
        }
    }
}

/// A service that ends at a graceful shutdown.
private struct OtherService: Service {
    let runs = Latch()

    func run() async throws {
        runs.open()
        try await gracefulShutdown()
    }
}

extension R2Client {
    fileprivate var isShutDown: Bool { R2ClientService(self).isShuttingDown }
}
#endif
