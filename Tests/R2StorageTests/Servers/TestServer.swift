#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import TestSupport
import Testing

#if Emulator
import R2Emulator
#endif

extension Trait where Self == ConditionTrait {
    /// Enables suites that need a server if there is at least one.
    ///
    /// A server that was requested and can't start is a failure.
    static var againstServers: Self {
        .enabled(
            if: !TestServer.allCases.isEmpty,
            "set R2KIT_INTEGRATION=1 to test against other servers, or enable the trait Emulator")
    }

    /// Enables tests that need a certain server.
    static func against(_ server: TestServer) -> Self {
        .enabled(if: TestServer.allCases.contains(server), "\(server.rawValue) isn't part of this run")
    }

    /// Enables tests that keep the machine busy, which would disturb tests that measure time.
    static var takesLong: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 to run long tests")
    }
}

/// A server that checks signatures.
///
/// It has a bucket, and runs as long as the tests do.
enum TestServer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case emulator = "R2Emulator"
    case seaweedFS = "SeaweedFS"
    case swift = "OpenStack Swift"

    /// The servers that this run includes.
    ///
    /// The emulator runs in this process. The others are downloaded, so the environment must request them.
    static let allCases: [TestServer] = {
        var servers: [TestServer] = []
        #if Emulator
        servers.append(.emulator)
        #endif
        if ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1" { servers += [.seaweedFS, .swift] }
        return servers
    }()

    var testDescription: String { rawValue }

    struct Running: Sendable {
        /// The settings: endpoint, keys and bucket.
        let settings: [String: String]
        let config: R2Config

        init(_ settings: [String: String]) throws {
            self.settings = settings
            config = try R2Config(environment: settings)
        }

        var client: R2Client { R2Client(config, configuration: .patient) }
    }

    /// Returns the server of this kind.
    ///
    /// The first call starts it. In the emulator, each call creates a bucket.
    func running() async throws -> Running {
        switch self {
        case .emulator: try await Self.emulated()
        case .seaweedFS: try await Self.startedSeaweedFS.value
        case .swift: try await Self.startedSwift.value
        }
    }

    private static let startedSeaweedFS = Task { try await TestServer.seaweedFS.start("start-seaweedfs") }
    private static let startedSwift = Task { try await TestServer.swift.start("start-swift-s3api") }

    private func start(_ script: String) async throws -> Running {
        let running = try Running(try await ServerScript(script).start().settings)
        try await running.client.send(CreateBucket())
        return running
    }

    #if Emulator
    private static let startedEmulator = Task { () async throws -> [String: String] in
        let key = (id: "0123456789abcdef0123456789abcdef", secret: "secret/of+the=tests")
        var options = R2Emulator.Options()
        options.keys = [R2Emulator.Key(accessKeyID: key.id, secretAccessKey: key.secret)]
        let emulator = try await R2Emulator.start(options)
        return [
            "R2_ENDPOINT": emulator.url, "R2_ACCESS_KEY_ID": key.id, "R2_SECRET_ACCESS_KEY": key.secret,
        ]
    }

    private static func emulated() async throws -> Running {
        var settings = try await startedEmulator.value
        settings["R2_BUCKET_NAME"] = "test-\(UUID().uuidString.lowercased())"
        let running = try Running(settings)
        try await running.client.send(CreateBucket())
        return running
    }
    #else
    private static func emulated() async throws -> Running {
        throw TestSupportError("The emulator isn't built: enable the trait Emulator.")
    }
    #endif
}

/// An operation that creates the bucket, which apps don't need.
private struct CreateBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard (200..<300).contains(response.status) else {
            throw R2Error(.invalidResponse, "The bucket wasn't created.", status: response.status)
        }
    }
}
#endif
