#if Storage
import R2Kit
import R2Storage
import Testing

/// What is said when there is no connection.
@Suite struct ConnectionProblemTests {
    /// A port that nobody listens at any more.
    private func freePort() async throws -> Int {
        try await StubServer.run { _ in
            []
        } _: {
            $0.port
        }
    }

    private func problem(at endpoint: String) async throws -> R2Error? {
        let plain = try Fixture.config(port: 1)
        let config = try R2Config(
            endpoint: R2Endpoint(endpoint), credentials: plain.credentials, bucket: plain.bucket)
        let client = R2Client(config, httpClient: .r2, configuration: .init(retry: .none))
        return await r2Error { _ = try await client.head(Fixture.key()) }
    }

    @Test func `a refused connection is told by that word, for an address`() async throws {
        let error = try await problem(at: "http://127.0.0.1:\(freePort())")
        #expect(error?.code == .connectionFailed && error?.isRetryable == true)
        #expect(error?.message == "no connection: Connection refused")
        #expect(error?.errorDescription == error?.description)
    }

    @Test func `a refused connection is told by that word, for a name`() async throws {
        let port = try await freePort()
        let error = try await problem(at: "http://localhost:\(port)")
        #expect(error?.code == .connectionFailed)
        #expect(error?.message == "no connection to localhost, port \(port): Connection refused")
    }

    @Test func `a server without TLS is told from one with another fault`() async throws {
        try await StubServer.run { _ in
            .answer(200)
        } _: { server in
            let error = try await problem(at: "https://127.0.0.1:\(server.port)")
            #expect(error?.code == .connectionFailed)
            let expected = "no TLS connection: what answers there does not speak TLS; is its address one with http://?"
            #expect(error?.message == expected)
        }
    }
}
#endif
