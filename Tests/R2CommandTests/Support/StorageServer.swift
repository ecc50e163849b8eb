#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// A condition for suites that require a server.
    ///
    /// If enabled, a missing server is a failure.
    static var againstServers: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "Set R2KIT_INTEGRATION=1 to test against real servers.")
    }
}

/// SeaweedFS with an empty bucket, which runs until the tests end.
struct StorageServer: Sendable {
    /// The environment variables for the command.
    let environment: [String: String]

    /// Returns the shared server, which the first test starts.
    static func running() async throws -> StorageServer { try await started.value }

    private static let started = Task { try await start() }
    private static func start() async throws -> StorageServer {
        let server = StorageServer(environment: try await ServerScript("start-seaweedfs").start().settings)
        try await server.client.send(CreateBucket())
        return server
    }

    var client: R2Client { get throws { R2Client(try R2Config(environment: environment)) } }
}

/// An operation that creates a bucket, which R2 supports only in its dashboard and its own API.
private struct CreateBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard response.status == 200 else { throw R2Error(response, of: self) }
    }
}
#endif
