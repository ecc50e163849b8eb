import Foundation
import R2Kit
import Synchronization
import TestSupport

#if Emulator
import R2Emulator
#endif

/// A server that runs as long as the tests, with a bucket.
struct TestServer: Sendable {
    let kind: ServerKind
    /// The settings: endpoint, keys, and bucket.
    let settings: [String: String]

    var config: R2Config { get throws { try R2Config(environment: settings) } }
    var presigner: R2Presigner { get throws { R2Presigner(try config) } }
    var accessKeyID: String { settings["R2_ACCESS_KEY_ID"] ?? "" }
    var secretAccessKey: String { settings["R2_SECRET_ACCESS_KEY"] ?? "" }
}

extension ServerKind {
    /// Returns the only server of this kind.
    ///
    /// The first test that calls this starts it. In the emulator, each call creates a bucket.
    func running() async throws -> TestServer {
        do {
            switch self {
            case .emulator: return try await Self.emulated()
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
    private static let startedSeaweedFS = Task { try await ServerKind.seaweedFS.start("start-seaweedfs") }
    private static let startedSwift = Task { try await ServerKind.swift.start("start-swift-s3api") }

    private func start(_ script: String) async throws -> TestServer {
        let server = TestServer(kind: self, settings: try await ServerScript(script).start().settings)
        try await server.createBucket()
        return server
    }

    #if Emulator
    private static let startedEmulator = Task { () async throws -> [String: String] in
        let key = R2Emulator.Key(
            accessKeyID: "0123456789abcdef0123456789abcdef", secretAccessKey: "secret/of+the=tests")
        var options = R2Emulator.Options()
        options.keys = [key]
        let emulator = try await R2Emulator.start(options)
        return [
            "R2_ENDPOINT": emulator.url, "R2_ACCESS_KEY_ID": key.accessKeyID,
            "R2_SECRET_ACCESS_KEY": "secret/of+the=tests",
        ]
    }

    private static func emulated() async throws -> TestServer {
        var settings = try await startedEmulator.value
        settings["R2_BUCKET_NAME"] = "test-\(UUID().uuidString.lowercased())"
        let server = TestServer(kind: .emulator, settings: settings)
        try await server.createBucket()
        return server
    }
    #else
    private static func emulated() async throws -> TestServer {
        throw TestSupportError("The emulator isn't built: enable the trait Emulator.")
    }
    #endif
}

extension TestServer {
    fileprivate func createBucket() async throws {
        let response = try await signed("PUT", key: nil).send()
        guard response.isSuccess else {
            throw TestSupportError("\(kind.rawValue) didn't create the bucket: \(response.text)")
        }
    }
}
