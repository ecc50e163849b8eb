import Foundation
import R2Kit
import Synchronization
import TestSupport

/// A server that runs as long as the tests, with an empty bucket.
struct TestServer: Sendable {
    let kind: ServerKind
    /// The settings that the start script wrote: endpoint, keys, and bucket.
    let settings: [String: String]

    var config: R2Config { get throws { try R2Config(environment: settings) } }
    var presigner: R2Presigner { get throws { R2Presigner(try config) } }
    var accessKeyID: String { settings["R2_ACCESS_KEY_ID"] ?? "" }
    var secretAccessKey: String { settings["R2_SECRET_ACCESS_KEY"] ?? "" }
}

extension ServerKind {
    /// Returns the only server of this kind.
    ///
    /// The first test that calls this starts it.
    func running() async throws -> TestServer {
        do {
            switch self {
            case .seaweedFS: return try await Self.startedSeaweedFS.value
            case .swift: return try await Self.startedSwift.value
            }
        } catch {
            // The reason is long, so it is reported only once.
            guard Self.failed.withLock({ $0.insert(self).inserted }) else {
                throw TestSupportError("\(rawValue) isn't running. The first test that required it reports the reason.")
            }
            throw error
        }
    }

    private static let failed: Mutex<Set<ServerKind>> = Mutex([])
    private static let startedSeaweedFS = Task { try await ServerKind.seaweedFS.start() }
    private static let startedSwift = Task { try await ServerKind.swift.start() }

    private func start() async throws -> TestServer {
        let server = TestServer(kind: self, settings: try await ServerScript(script).start().settings)
        let response = try await server.signed("PUT", key: nil).send()
        guard response.isSuccess else {
            throw TestSupportError("\(rawValue) didn't create the bucket: \(response.text)")
        }
        return server
    }
}
