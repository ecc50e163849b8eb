#if Emulator
import Foundation
import SigV4
import Synchronization
import TestSupport
import Testing

@testable import R2Emulator

@Suite("Crashes")
struct CrashTests {
    /// The number of crashes: few, unless long tests are requested.
    private static let rounds = ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1" ? 200 : 4

    /// What a writer knows about its key.
    private struct Knowledge: Sendable {
        /// The content that was acknowledged last, or `nil` for a deletion or nothing.
        var acknowledged: String?
        /// The content of the request that wasn't acknowledged, if there is one.
        ///
        /// `nil` inside is a deletion.
        var pending: String??
    }

    /// What all writers know, by key.
    private final class AllKnowledge: Sendable {
        let keys: Mutex<[String: Knowledge]> = Mutex([:])
        let acknowledgements = Atomic(0)
    }

    @Test func `after SIGKILL, what was acknowledged is whole, and nothing else is visible`() async throws {
        let seed = UInt64.random(in: 0 ..< .max)
        print("crash test: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let scratch = try Scratch()
        let known = AllKnowledge()
        for _ in 0..<Self.rounds {
            let (program, exports) = try await CommandTests.start(
                ["--port", "0", "--directory", scratch.path("store")])
            let port = try #require(exports["R2_ENDPOINT"]?.split(separator: ":").last.flatMap { Int($0) })
            let acknowledgements = generator.next(60) + 1
            let seeds = (0..<4).map { _ in generator.next() }
            known.acknowledgements.store(0, ordering: .relaxed)
            await withTaskGroup(of: Void.self) { group in
                for (writer, seed) in seeds.enumerated() {
                    group.addTask {
                        let write = Writer(port: port, key: "w\(writer)/key", seed: seed)
                        await write.run(known) { count in
                            if count >= acknowledgements { program.kill() }
                        }
                    }
                }
            }
            program.kill()
            _ = try await program.outcome()
            try await check(scratch.path("store"), known)
        }
    }

    /// Writes to a key until the connection breaks.
    private struct Writer: Sendable {
        let port: Int
        let key: String
        let seed: UInt64

        /// Writes until a request fails.
        /// - Parameters:
        ///   - known: Receives what the writer knows.
        ///   - acknowledge: Receives the number of all acknowledgements after each.
        func run(_ known: AllKnowledge, acknowledge: @Sendable (Int) -> Void) async {
            var generator = SeededGenerator(seed: seed)
            while true {
                let isDeletion = generator.happens(0.2)
                let text = isDeletion ? nil : String(repeating: "\(generator.next()) ", count: generator.next(20_000))
                known.keys.withLock { $0[key, default: Knowledge()].pending = .some(text) }
                guard let status = try? await send(text), status < 300 else { return }
                known.keys.withLock { $0[key] = Knowledge(acknowledged: text, pending: nil) }
                acknowledge(known.acknowledgements.add(1, ordering: .relaxed).newValue)
            }
        }

        /// Sends a PUT, or a DELETE without a text.
        private func send(_ text: String?) async throws -> Int {
            let body = text.map { Array($0.utf8) }
            let host = "127.0.0.1:\(port)"
            let signable = SignableRequest(
                method: body == nil ? "DELETE" : "PUT", path: "/media/\(key)", headers: [.init("Host", host)])
            let signer = Signer(
                credentials: SigningCredentials(accessKeyID: CommandTests.keyID, secretAccessKey: CommandTests.secret),
                region: "auto", service: "s3", rules: .s3)
            let time = try SigningTime(secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
            let headers = try signer.sign(signable, payload: .unsigned, at: time).headers
            var lines = ["\(signable.method) \(signable.path) HTTP/1.1", "Host: \(host)"]
            lines += headers.map { "\($0.name): \($0.value)" }
            if let body { lines.append("Content-Length: \(body.count)") }
            let head = lines.joined(separator: "\r\n") + "\r\n\r\n"
            return try await RawConnection.with(port: port) { exchange in
                try await exchange.send(Array(head.utf8) + (body ?? []))
                return try await exchange.response().status
            }
        }
    }

    private func check(_ directory: String, _ known: AllKnowledge) async throws {
        var options = TestClient.options
        options.storage = .directory(directory)
        let expected = known.keys.withLock { $0 }
        var found: [String: String] = [:]
        let emulator = try await R2Emulator.start(options)
        do {
            let client = TestClient(emulator: emulator)
            let keys = try await client.send("GET", "/media?list-type=2").elements("Key")
            for key in keys { found[key] = try await client.send("GET", "/media/\(key)").text }
        } catch {
            await emulator.stop()
            throw error
        }
        await emulator.stop()
        for (key, knowledge) in expected {
            let isAcknowledged = found[key] == knowledge.acknowledged
            let isPending = knowledge.pending.map { $0 == found[key] } ?? false
            #expect(isAcknowledged || isPending, "\(key): neither the acknowledged nor the pending content")
            known.keys.withLock { $0[key] = Knowledge(acknowledged: found[key], pending: nil) }
        }
        #expect(Set(found.keys).isSubset(of: expected.keys))
    }
}
#endif
