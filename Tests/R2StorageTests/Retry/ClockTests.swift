#if Storage
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Clocks that disagree.
@Suite struct ClockTests {
    /// An hour after the client's clock.
    private static let serverDate = ["date": "Fri, 02 Jan 2026 04:04:05 GMT"]

    @Test(arguments: ["RequestTimeTooSkewed", "AccessDenied", "SignatureDoesNotMatch"])
    func `a request that is rejected for its time is signed again with the server's time`(_ code: String) async throws {
        try await StubServer.run { request in
            request["x-amz-date"] == "20260102T030405Z" ? .error(403, code, Self.serverDate) : .object("x")
        } _: { server in
            let manual = ManualEnvironment()
            let client = try server.client(manual)
            _ = try await client.get(Fixture.key())
            #expect(server.requests.map { $0["x-amz-date"] } == ["20260102T030405Z", "20260102T040405Z"])
            #expect(manual.pauses.isEmpty)
            // Copies of the client use the measured offset too.
            _ = try await client.with(timeLimit: nil).get(Fixture.key())
            #expect(server.requests.last?["x-amz-date"] == "20260102T040405Z")
            #expect(server.requests.count == 3)
        }
    }

    @Test func `requests that are rejected at the same time are all signed again`() async throws {
        let barrier = Barrier()
        try await StubServer.run { request in
            guard request["x-amz-date"] == "20260102T030405Z" else { return .object("x") }
            return [.wait { await barrier.wait() }] + .error(403, "RequestTimeTooSkewed", Self.serverDate)
        } _: { server in
            let client = try server.client()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { _ = try await client.get(Fixture.key()) } }
                try await settles { server.requests.count == 4 }
                barrier.open()
                try await group.waitForAll()
            }
            #expect(server.requests.count == 8)
        }
    }

    @Test func `the clock is corrected after a rejected HEAD, which has no body`() async throws {
        try await StubServer.run {
            $0.index == 0 ? .response(403, Self.serverDate) : .head(1)
        } _: { server in
            _ = try await server.client().head(Fixture.key())
            #expect(server.requests.count == 2)
        }
    }

    @Test func `a call corrects the clock once`() async throws {
        try await StubServer.run { request in
            let hour = request.index % 2 == 0 ? "04" : "09"
            return .error(403, "RequestTimeTooSkewed", ["date": "Fri, 02 Jan 2026 \(hour):04:05 GMT"])
        } _: { server in
            let error = await r2Error { _ = try await server.client().get(Fixture.key()) }
            #expect(error?.code == .requestTimeTooSkewed)
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: ["Fri, 31 Dec 9999 23:59:59 GMT", "Wed, 31 Dec 1969 23:00:00 GMT"])
    func `a wrong date in a response stops no later call`(_ date: String) async throws {
        try await StubServer.run {
            $0.index == 0 ? .error(403, "AccessDenied", ["date": date]) : .object("x")
        } _: { server in
            let manual = ManualEnvironment()
            let client = try server.client(manual)
            _ = try? await client.get(Fixture.key())
            manual.advance(by: .seconds(3600))
            _ = try await client.get(Fixture.key())
            #expect(server.requests.last?["x-amz-date"] == "20260102T040405Z")
        }
    }

    @Test func `temporary credentials work again once this machine's clock is right`() async throws {
        let manual = ManualEnvironment()
        try await StubServer.run { request in
            request.index == 0 ? .error(403, "RequestTimeTooSkewed", Self.serverDate) : .object("x")
        } _: { server in
            let end = ManualEnvironment.instant.addingTimeInterval(3600 + 1800)
            let config = try Fixture.config(port: server.port, sessionToken: Fixture.token, expiresAt: end)
            let client = R2Client(
                config, httpClient: nil, logger: nil, configuration: .patient, environment: manual.environment)
            _ = try await client.get(Fixture.key())
            // The clock that was an hour behind is set.
            manual.advance(by: .seconds(3600))
            _ = try await client.get(Fixture.key())
            #expect(
                server.requests.map { $0["x-amz-date"] } == [
                    "20260102T030405Z", "20260102T040405Z", "20260102T040405Z",
                ])
        }
    }

    @Test func `credentials that have expired by the server's clock are an error, and the offset stays`() async throws {
        try await StubServer.run { _ in
            .error(403, "RequestTimeTooSkewed", Self.serverDate)
        } _: { server in
            let end = ManualEnvironment.instant.addingTimeInterval(1800)
            let config = try Fixture.config(port: server.port, sessionToken: Fixture.token, expiresAt: end)
            let client = R2Client(
                config, httpClient: nil, logger: nil, configuration: .patient,
                environment: ManualEnvironment().environment)
            let error = await #expect(throws: R2ValidationError.self) { _ = try await client.get(Fixture.key()) }
            #expect(error?.code == .expiredCredentials)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a rejection from a cache doesn't correct the clock`() async throws {
        try await StubServer.run { _ in
            .error(403, "AccessDenied", Self.serverDate.merging(["age": "3600"]) { $1 })
        } _: { server in
            _ = await r2Error { _ = try await server.client().get(Fixture.key()) }
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a rejection for another reason doesn't correct the clock`() async throws {
        try await StubServer.run { _ in
            .error(403, "AccessDenied", ["date": "Fri, 02 Jan 2026 03:05:05 GMT"])
        } _: { server in
            _ = await r2Error { _ = try await server.client().get(Fixture.key()) }
            #expect(server.requests.count == 1)
        }
    }
}
#endif
