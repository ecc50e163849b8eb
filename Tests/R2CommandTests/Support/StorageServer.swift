#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    /// For the suites that need a server; whoever asks for them gets them, or a failure.
    static var againstServers: Self {
        .enabled(
            if: ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1",
            "set R2KIT_INTEGRATION=1 to test against real servers")
    }
}

/// SeaweedFS with an empty bucket, for as long as the tests run.
struct StorageServer: Sendable {
    /// The variables that the command reads.
    let environment: [String: String]

    /// The one server; the first test that asks for it starts it.
    static func running() async throws -> StorageServer { try await started.value }

    private static let started = Task { try await start() }
    private static func start() async throws -> StorageServer {
        let server = StorageServer(environment: try await ServerScript("start-seaweedfs").start().settings)
        try await server.client.send(MakeBucket())
        return server
    }

    var client: R2Client { get throws { R2Client(try R2Config(environment: environment)) } }
}

/// Makes the bucket, which R2 leaves to its dashboard and its own API.
private struct MakeBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2ValidationError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard response.status == 200 else { throw R2Error(response, of: self) }
    }
}
#endif
