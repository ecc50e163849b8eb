#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// For tests that need a server.
    ///
    /// Whoever asks for these tests gets them: then a server that cannot be had is a failure.
    static var againstServers: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 to test against real servers")
    }

    /// For tests that keep the machine busy, which others that look at the clock do not bear beside them.
    static var takesLong: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 for tests that take long")
    }
}

/// A server that checks signatures, and runs for as long as the tests do, with an empty bucket.
enum TestServer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case seaweedFS = "SeaweedFS"
    case swift = "OpenStack Swift"

    var testDescription: String { rawValue }

    /// The script that starts it, in `Scripts/servers`.
    private var script: String {
        switch self {
        case .seaweedFS: "start-seaweedfs"
        case .swift: "start-swift-s3api"
        }
    }

    struct Running: Sendable {
        /// The settings that the script wrote: endpoint, keys and bucket.
        let settings: [String: String]
        let config: R2Config

        init(_ settings: [String: String]) throws {
            self.settings = settings
            config = try R2Config(environment: settings)
        }

        var client: R2Client { R2Client(config) }
    }

    /// The one server of this kind; the first test that asks for it starts it.
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

/// Makes the bucket: an operation that applications have no use for.
private struct CreateBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2KitError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard (200..<300).contains(response.status) else {
            throw R2Error(.invalidResponse, "the bucket was not made", status: response.status)
        }
    }
}
#endif
