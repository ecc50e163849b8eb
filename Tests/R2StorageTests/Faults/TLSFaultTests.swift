#if Storage
import AsyncHTTPClient
import NIOCore
import NIOSSL
import R2Kit
import R2Storage
import Testing

@Suite("TLS failures")
struct TLSFaultTests {
    /// Runs a client that trusts only these certificates, through a TLS proxy.
    private func withTLS(
        _ certificate: TestCertificate, trusting trusted: [TestCertificate],
        refuses: @escaping @Sendable (Int) -> Bool = { _ in false },
        faults: @escaping @Sendable (S3Request) async -> Fault = { _ in .none },
        _ body: @Sendable (R2Client, StrictBucket) async throws -> Void
    ) async throws {
        try await StrictBucket.run { bucket in
            try await FaultProxy.run(
                to: bucket.port, tls: certificate.serverContext(), refuses: refuses, faults: faults
            ) { proxy in
                let plain = try bucket.config()
                let config = try R2Config(
                    endpoint: R2Endpoint("https://localhost:\(proxy.port)"), credentials: plain.credentials,
                    bucket: plain.bucket)
                var http = R2ClientConfiguration.httpClientConfiguration
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.trustRoots = .certificates(trusted.map(\.certificate))
                http.tlsConfiguration = tls
                let retry = RetryPolicy(baseDelay: .milliseconds(2))
                let client = R2Client(
                    owningHTTPClientFor: config, httpClientConfiguration: http,
                    configuration: R2ClientConfiguration(retry: retry).patient)
                do {
                    try await body(client, bucket)
                } catch {
                    try await client.shutdown()
                    throw error
                }
                try await client.shutdown()
            }
        }
    }

    @Test func `an untrusted certificate ends the call before anything is sent`() async throws {
        let stranger = try TestCertificate(host: "localhost")
        try await withTLS(stranger, trusting: [try TestCertificate(host: "localhost")]) { client, bucket in
            let error = await #expect(throws: R2Error.self) { try await client.put([1, 2, 3], to: ObjectKey("a")) }
            #expect(error?.code == .untrustedCertificate && error?.isRetryable == false)
            #expect(bucket.counts.requests == 0)
        }
    }

    @Test func `a certificate for another host ends the call before anything is sent`() async throws {
        let other = try TestCertificate(host: "elsewhere.example")
        try await withTLS(other, trusting: [other]) { client, bucket in
            let error = await #expect(throws: R2Error.self) { try await client.put([1, 2, 3], to: ObjectKey("a")) }
            #expect(error?.code == .untrustedCertificate)
            #expect(bucket.counts.requests == 0)
        }
    }

    @Test func `an interrupted handshake is retried, even with a body that can be sent only once`() async throws {
        let certificate = try TestCertificate(host: "localhost")
        try await withTLS(certificate, trusting: [certificate], refuses: { $0 < 2 }) { client, bucket in
            let key = try ObjectKey("once")
            let chunks = AsyncStream<ByteBuffer> { continuation in
                continuation.yield(ByteBuffer(string: "only "))
                continuation.yield(ByteBuffer(string: "once"))
                continuation.finish()
            }
            try await client.put(.sequence(chunks, length: 9), to: key)
            #expect(try await client.get(key).collect(upTo: 100) == ByteBuffer(string: "only once"))
            #expect(bucket.counts.failures == 0)
        }
    }

    @Test func `a broken TLS connection is replaced`() async throws {
        let certificate = try TestCertificate(host: "localhost")
        let faults = FaultPlan(seed: 1) { _ in 0 }
        let first = OnceOnly()
        try await withTLS(
            certificate, trusting: [certificate],
            faults: { first.isFirst($0.operation) ? .at(.inBody(0.5), .reset) : faults.fault(for: $0) }
        ) { client, _ in
            let key = try ObjectKey("broken")
            let content = ByteBuffer(repeating: 9, count: 1_000_000)
            try await client.put(content, to: key)
            #expect(try await client.get(key).collect(upTo: 2_000_000) == content)
        }
    }
}
#endif
