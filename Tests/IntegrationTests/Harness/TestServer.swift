import Foundation
import R2Kit
import Synchronization
import TestSupport

/// A server that runs for as long as the tests do, with an empty bucket.
struct TestServer: Sendable {
    let kind: ServerKind
    /// The settings that the start script wrote: endpoint, keys and bucket.
    let settings: [String: String]

    var config: R2Config { get throws { try R2Config(environment: settings) } }
    var presigner: R2Presigner { get throws { R2Presigner(try config) } }
    var accessKeyID: String { settings["R2_ACCESS_KEY_ID"] ?? "" }
    var secretAccessKey: String { settings["R2_SECRET_ACCESS_KEY"] ?? "" }
}

extension ServerKind {
    /// The one server of this kind; the first test that asks for it starts it.
    func running() async throws -> TestServer {
        do {
            switch self {
            case .seaweedFS: return try await Self.startedSeaweedFS.value
            case .swift: return try await Self.startedSwift.value
            }
        } catch {
            // The reason is long, and one telling is enough.
            guard Self.failed.withLock({ $0.insert(self).inserted }) else {
                throw TestSupportError("\(rawValue) does not run; the first test that needed it tells why")
            }
            throw error
        }
    }

    private static let failed: Mutex<Set<ServerKind>> = Mutex([])
    private static let startedSeaweedFS = Task { try await ServerKind.seaweedFS.start() }
    private static let startedSwift = Task { try await ServerKind.swift.start() }

    private func start() async throws -> TestServer {
        let server = TestServer(kind: self, settings: try await ServerScript(script).start().settings)
        let answer = try await server.signed("PUT", key: nil).send()
        guard answer.isSuccess else { throw TestSupportError("\(rawValue) did not create the bucket: \(answer.text)") }
        return server
    }
}
