import Foundation
import R2Kit
import Testing

@Suite("Expired URLs", .againstServers)
struct ExpiryTests {
    @Test(arguments: ServerKind.allCases)
    func `an expired playback URL is rejected`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        try await server.store(Sample.text, under: key)
        let presigner = try server.presigner
        let expired = try await expired {
            Message(try presigner.presignPlayback(of: key, expiresIn: $0, at: $1))
        }
        let response = try await expired.send()
        #expect([400, 403].contains(response.status))
        #expect(response.body != Sample.text)
    }

    @Test(arguments: ServerKind.allCases)
    func `an expired upload URL is rejected`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        let presigner = try server.presigner
        var expired = try await expired {
            Message(try presigner.presignUpload(to: key, expiresIn: $0, at: $1), body: Sample.text)
        }
        expired.body = Sample.bytes(50)
        #expect([400, 403].contains(try await expired.send().status))
        #expect(try await server.stored(key) == Sample.text)
    }

    /// Returns a request that has just expired, and is valid with a longer lifetime.
    ///
    /// Both were signed at the same time in the past, so that it doesn't matter how long the server takes.
    private func expired(_ make: (Duration, Date) throws -> Message) async throws -> Message {
        let signed = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down) - 62)
        let response = try await make(.seconds(3600), signed).send()
        try #require(response.isSuccess)
        // One more second has passed, because servers compare whole seconds.
        return try make(.seconds(60), signed)
    }
}
