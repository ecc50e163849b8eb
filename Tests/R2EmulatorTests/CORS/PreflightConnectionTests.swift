#if Emulator
import R2Kit
import SigV4
import Testing

@testable import R2Emulator

@Suite("Preflight requests of presigned URLs, over a connection")
struct PreflightConnectionTests {
    private static func preflight(
        _ url: String, for method: String, to client: TestClient
    ) async throws -> RawResponse {
        let target = url.dropFirst("http://127.0.0.1:\(client.emulator.port)".count)
        let lines = [
            "OPTIONS \(target) HTTP/1.1", "Host: 127.0.0.1:\(client.emulator.port)",
            "Origin: https://app.example.com", "Access-Control-Request-Method: \(method)",
            "Access-Control-Request-Headers: content-type",
        ]
        return try await RawConnection.with(port: client.emulator.port) { exchange in
            try await exchange.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))
            return try await exchange.response()
        }
    }

    private static func config(_ client: TestClient) throws -> R2Config {
        try R2Config(
            endpoint: R2Endpoint("http://127.0.0.1:\(client.emulator.port)"),
            credentials: R2Credentials(
                accessKeyID: client.key.accessKeyID, secretAccessKey: client.key.secret.exposed),
            bucket: BucketName("media"))
    }

    @Test func `the rule, the signature and the permission decide`() async throws {
        try await TestClient.with { client in
            let rules = try CORSConfiguration.browserUploads(from: ["https://app.example.com"])
            #expect(try await client.send("PUT", "/media?cors", text: rules.xml).status == 200)
            let now = client.emulator.clock.now
            let parent = try Self.config(client)
            let plain = try R2Presigner(parent).presignUpload(to: ObjectKey("uploads/a"), at: now)
            let allowed = try await Self.preflight(plain.url, for: "PUT", to: client)
            #expect(allowed.status == 204)
            #expect(allowed["access-control-allow-headers"] == "content-type")
            let other = try await Self.preflight(plain.url, for: "GET", to: client)
            #expect((other.status, other.element("Code")) == (403, "SignatureDoesNotMatch"))
            #expect(other["access-control-allow-origin"] == nil)

            let session = try TemporaryCredentials(
                for: parent, accountID: AccountID(TestClient.options.accountID),
                scope: .init(actions: [.putObject], prefixes: ["uploads/"]), lifetime: .seconds(900), at: now)
            let constraints = UploadConstraints(contentType: "video/mp4")
            let presigner = R2Presigner(session.config)
            let inside = try presigner.presignUpload(to: ObjectKey("uploads/a"), constraints: constraints, at: now)
            let outside = try presigner.presignUpload(to: ObjectKey("others/a"), constraints: constraints, at: now)
            let first = try await Self.preflight(inside.url, for: "PUT", to: client)
            #expect(first.status == 204)
            let second = try await Self.preflight(outside.url, for: "PUT", to: client)
            #expect((second.status, second.element("Code")) == (403, "AccessDenied"))
            let third = try await Self.preflight(inside.url, for: "DELETE", to: client)
            #expect((third.status, third.element("Code")) == (403, "AccessDenied"))
        }
    }
}
#endif
