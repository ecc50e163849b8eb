#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// Enables tests that need a server.
    ///
    /// If they are requested, a server that can't start is a failure.
    static var againstServers: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 to test against real servers")
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
/// It has an empty bucket, and runs as long as the tests do.
enum TestServer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case seaweedFS = "SeaweedFS"
    case swift = "OpenStack Swift"

    var testDescription: String { rawValue }

    /// The script in `Scripts/servers` that starts the server.
    private var script: String {
        switch self {
        case .seaweedFS: "start-seaweedfs"
        case .swift: "start-swift-s3api"
        }
    }

    struct Running: Sendable {
        /// The settings that the script printed: endpoint, keys and bucket.
        let settings: [String: String]
        let config: R2Config

        init(_ settings: [String: String]) throws {
            self.settings = settings
            config = try R2Config(environment: settings)
        }

        var client: R2Client { R2Client(config) }
    }

    /// Returns the server of this kind.
    ///
    /// The first call starts it.
    func running() async throws -> Running {
        switch self {
        case .seaweedFS: try await Self.startedSeaweedFS.value
        case .swift: try await Self.startedSwift.value
        }
    }

    private static let startedSeaweedFS = Task { try await TestServer.seaweedFS.start() }
    private static let startedSwift = Task { try await TestServer.swift.start() }

    private func start() async throws -> Running {
        let running = try Running(try await ServerScript(script).start().settings)
        try await running.client.send(CreateBucket())
        return running
    }
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
