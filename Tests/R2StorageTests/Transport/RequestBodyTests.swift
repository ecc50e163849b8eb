#if Storage
import NIOCore
import R2Kit
import R2Storage
import Synchronization
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bodies that are sent to the server.
@Suite struct UploadTests {
    struct SourceFailure: Error, Equatable {}

    @Test func `bodies of all forms arrive byte for byte`() async throws {
        let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("r2storage-\(UUID()).bin").path
        #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let chunks = Chunks([Array(bytes[..<1]), [], Array(bytes[1..<600_000]), Array(bytes[600_000...])])
        let length = Int64(bytes.count)
        let bodies: [(R2RequestBody, [UInt8])] = [
            (.bytes(ByteBuffer(bytes: bytes)), bytes), (.bytes(ByteBuffer(bytes: bytes[..<9])), Array(bytes[..<9])),
            (.file(path, length: length), bytes), (.file(path, offset: 5, length: 300_000), Array(bytes[5..<300_005])),
            (.sequence(chunks, length: length), bytes), (.repeatable(length: length) { chunks }, bytes),
        ]
        try await StubServer.run { _ in
            .stored
        } _: { server in
            for (body, expected) in bodies {
                try await server.client().put(body, to: Fixture.key())
                #expect(server.requests.last?.body == expected)
            }
            try await server.client().put(fileAt: path, to: Fixture.key())
            #expect(server.requests.last?.body == bytes)
        }
    }

    @Test(arguments: [(Int64.max, 1), (-1, 1), (1, Int64.max)] as [(Int64, Int64)])
    func `a range that no file has is refused before anything is sent`(_ offset: Int64, _ length: Int64) async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            let body = R2RequestBody.file("/dev/null", offset: offset, length: length)
            await #expect(throws: R2ValidationError.self) { try await server.client().put(body, to: Fixture.key()) }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `an error response during an upload is thrown`() async throws {
        try await StubServer.run(early: { _ in .error(403, "AccessDenied") + [.hang] }) { _ in
            []
        } _: { server in
            let chunk = [UInt8](repeating: 1, count: 1_000_000)
            let body = R2RequestBody.sequence(Chunks(Array(repeating: chunk, count: 20)), length: 20_000_000)
            let error = await r2Error { try await server.client().put(body, to: Fixture.key()) }
            #expect(error?.code == .accessDenied)
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [2, 4])
    func `a body of another length than announced throws`(_ count: Int) async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            let chunks = Chunks(Array(repeating: [1], count: count))
            await #expect {
                try await server.client().put(.sequence(chunks, length: 3), to: Fixture.key())
            } throws: {
                ($0 as? R2ValidationError)?.code == .invalidContentLength
            }
        }
    }

    @Test func `an operation and its body must agree about the length`() async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            await #expect {
                _ = try await server.client().send(PutObject(Fixture.key(), contentLength: 3))
            } throws: {
                ($0 as? R2ValidationError)?.code == .invalidContentLength
            }
            await #expect {
                try await server.client().send(
                    DeleteObject(Fixture.key()), body: .bytes(ByteBuffer(bytes: [1])))
            } throws: {
                ($0 as? R2ValidationError)?.code == .invalidContentLength
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `an error of the source is thrown without a retry`() async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            let body = R2RequestBody.repeatable(length: 3) { Chunks([[1]], error: SourceFailure()) }
            await #expect(throws: SourceFailure()) { try await server.client().put(body, to: Fixture.key()) }
            await #expect(throws: R2FileError.self) {
                try await server.client().put(.file("/nonexistent/file", length: 3), to: Fixture.key())
            }
            await #expect(throws: R2FileError.self) {
                try await server.client().put(fileAt: "/nonexistent/file", to: Fixture.key())
            }
        }
    }

    @Test(arguments: [true, false])
    func `a body is sent again only if it is repeatable`(_ isRepeatable: Bool) async throws {
        try await StubServer.run {
            $0.index == 0 ? .error(503, "SlowDown") : .stored
        } _: { server in
            let chunks = Chunks([[1], [2, 3]])
            let sum = Mutex(0)
            let count: R2RequestBody.SentCount = { more in sum.withLock { $0 += more } }
            let body: R2RequestBody =
                isRepeatable
                ? .repeatable(length: 3, onSent: count) { chunks } : .sequence(chunks, length: 3, onSent: count)
            let error = await r2Error { try await server.client().put(body, to: Fixture.key()) }
            #expect(error?.status == (isRepeatable ? nil : 503))
            #expect(server.requests.count == (isRepeatable ? 2 : 1))
            #expect(sum.withLock { $0 } == 3)
        }
    }

    @Test func `bytes that an early rejection kept from being sent aren't subtracted`() async throws {
        try await StubServer.run(early: { $0.index == 0 ? .error(503, "SlowDown") + [.hang] : nil }) { _ in
            .stored
        } _: { server in
            let responded = Latch()
            let attempts = Mutex(0)
            let sums = Mutex([0])
            let count: R2RequestBody.SentCount = { more in sums.withLock { $0.append($0[$0.count - 1] + more) } }
            let body = R2RequestBody.repeatable(length: 3, onSent: count) {
                let isFirst = attempts.withLock { attempts in
                    attempts += 1
                    return attempts == 1
                }
                let rest = Mutex(ByteBuffer(bytes: [1, 2, 3]))
                return AsyncStream<ByteBuffer> {
                    // The first attempt is rejected while its first chunk is still being made.
                    if isFirst { await responded.wait() }
                    return rest.withLock { $0.readSlice(length: 1) }
                }
            }
            try await server.client().put(body, to: Fixture.key())
            responded.open()
            let counted = sums.withLock { $0 }
            #expect(counted == counted.sorted() && counted.last == 3)
        }
    }

    @Test func `a failed connection doesn't read the body`() async throws {
        // Nothing listens at this port. One that was free may be taken by another test's server.
        let client = R2Client(
            try Fixture.config(port: 1), configuration: .patient, environment: ManualEnvironment().environment)
        let reads = Mutex(0)
        let body = R2RequestBody.repeatable(length: 1) {
            reads.withLock { $0 += 1 }
            return Chunks([[1]])
        }
        let error = await r2Error { try await client.put(body, to: Fixture.key()) }
        #expect(error?.code == .connectionFailed)
        #expect(reads.withLock { $0 } == 0)
    }

    @Test func `a completion sends its precondition, if there is one`() async throws {
        try await StubServer.run { _ in
            .response(200, [:], Documents.completed("\(String(repeating: "a", count: 32))-1"))
        } _: { server in
            let tag = try ETag("abc")
            let id = try UploadID("id")
            let preconditions: [ObjectPrecondition?] = [nil, .ifAbsent, .ifMatch(tag)]
            for precondition in preconditions {
                try await server.client().completeMultipartUpload(
                    id, key: Fixture.key(), parts: [.init(1, etag: tag)], precondition: precondition)
            }
            #expect(server.requests.map { $0["if-none-match"] } == [nil, "*", nil])
            #expect(server.requests.map { $0["if-match"] } == [nil, nil, "\"abc\""])
        }
    }

    @Test func `a stalled upload times out`() async throws {
        try await StubServer.run(early: { _ in [.wait { try? await Task.sleep(for: .seconds(30)) }] }) { _ in
            []
        } _: { server in
            let client = try server.client(
                configuration: .init(retry: .none, stallTimeout: .milliseconds(200)))
            let bytes = ByteBuffer(repeating: 1, count: 50_000_000)
            let error = await r2Error { try await client.put(bytes, to: Fixture.key()) }
            #expect(error?.code == .timedOut)
        }
    }

    @Test func `a slow source doesn't time out`() async throws {
        try await StubServer.run { _ in
            .stored
        } _: { server in
            let manual = ManualEnvironment(isStopped: true)
            let client = try server.client(manual, configuration: .init(retry: .none, stallTimeout: .seconds(5)))
            let bytes = Mutex([0, 1] as [UInt8])
            let slow = AsyncThrowingStream<ByteBuffer, any Error> {
                let next = bytes.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                try await manual.advanceAndWait(by: .seconds(6))
                return next.map { ByteBuffer(bytes: [$0]) }
            }
            try await client.put(.sequence(slow, length: 2), to: Fixture.key())
            #expect(server.requests[0].body == [0, 1])
        }
    }

    @Test func `canceling the task ends an upload`() async throws {
        try await StubServer.run { _ in
            [.hang]
        } _: { server in
            // With a stopped clock, only the cancellation can end it.
            let client = try server.client(ManualEnvironment(isStopped: true))
            let task = Task { try await client.put([1], to: Fixture.key()) }
            try await settles { server.requests.count == 1 }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }
}
#endif
