import Foundation
import R2Kit
import TestSupport
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
            Message(try presigner.presignPlayback(of: key, expiresIn: .seconds(1), at: $0))
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
            Message(try presigner.presignUpload(to: key, expiresIn: .seconds(1), at: $0), body: Sample.text)
        }
        expired.body = Sample.bytes(50)
        #expect([400, 403].contains(try await expired.send().status))
        #expect(try await server.stored(key) == Sample.text)
    }

    /// Returns a request that was valid for a second, succeeded within it, and has expired.
    private func expired(_ make: (Date) throws -> Message) async throws -> Message {
        for _ in 1...10 {
            // At the start of a second, because a signing time has no fractions.
            let second = try await clock(reaches: Date().timeIntervalSince1970.rounded(.up))
            let message = try make(Date(timeIntervalSince1970: second))
            let response = try await message.send()
            // If a slow machine needed more than the second, the result means nothing and the next attempt follows.
            guard Date().timeIntervalSince1970 < second + 1 else { continue }
            try #require(response.isSuccess)
            // One more second, because servers compare whole seconds.
            _ = try await clock(reaches: second + 2)
            return message
        }
        throw TestSupportError("No request completed within a second: the machine is too busy for this test.")
    }

    /// Waits until the clock reaches a time.
    private func clock(reaches time: TimeInterval) async throws -> TimeInterval {
        while Date().timeIntervalSince1970 < time { try await Task.sleep(for: .milliseconds(5)) }
        return time
    }
}
