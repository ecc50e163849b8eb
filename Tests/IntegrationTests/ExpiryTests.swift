import Foundation
import R2Kit
import TestSupport
import Testing

@Suite("An expired URL is refused", .againstServers)
struct ExpiryTests {
    @Test(arguments: ServerKind.allCases)
    func `for playback`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let key = try Sample.key()
        try await server.store(Sample.text, under: key)
        let presigner = try server.presigner
        let expired = try await expired {
            Message(try presigner.presignPlayback(of: key, expiresIn: .seconds(1), at: $0))
        }
        let answer = try await expired.send()
        #expect([400, 403].contains(answer.status))
        #expect(answer.body != Sample.text)
    }

    @Test(arguments: ServerKind.allCases)
    func `for an upload`(_ kind: ServerKind) async throws {
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

    /// A request that lives for a second, has been answered well within it, and has then expired.
    private func expired(_ make: (Date) throws -> Message) async throws -> Message {
        for _ in 1...10 {
            // At the beginning of a second, for the signature's time has no fractions.
            let second = try await clock(reaches: Date().timeIntervalSince1970.rounded(.up))
            let message = try make(Date(timeIntervalSince1970: second))
            let answer = try await message.send()
            // A slow machine may have needed more than the second: then that shows nothing, and the next one is tried.
            guard Date().timeIntervalSince1970 < second + 1 else { continue }
            try #require(answer.isSuccess)
            // One second more, because servers compare whole seconds.
            _ = try await clock(reaches: second + 2)
            return message
        }
        throw TestSupportError("no request was answered within a second: the machine is too busy for this test")
    }

    /// Looks at the clock until it shows a time.
    private func clock(reaches time: TimeInterval) async throws -> TimeInterval {
        while Date().timeIntervalSince1970 < time { try await Task.sleep(for: .milliseconds(5)) }
        return time
    }
}
