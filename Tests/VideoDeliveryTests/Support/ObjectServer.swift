#if Delivery && Emulator
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import TestSupport

/// A server of objects that tests run against.
enum ObjectServer: String, CaseIterable, Sendable {
    case emulator, seaweedFS

    /// The servers of this run.
    ///
    /// SeaweedFS is downloaded, so the environment must request it.
    static let allCases: [ObjectServer] =
        ProcessInfo.processInfo.environment["R2KIT_INTEGRATION"] == "1" ? [.emulator, .seaweedFS] : [.emulator]
}

/// SeaweedFS, which runs as long as the tests.
enum SeaweedFS {
    private static let started = Task { try await ServerScript("start-seaweedfs").start().settings }

    /// Returns the configuration of a new bucket.
    static func bucket() async throws -> R2Config {
        var settings = try await started.value
        settings["R2_BUCKET_NAME"] = "test-\(UUID().uuidString.lowercased())"
        let config = try R2Config(environment: settings)
        try await R2Client(config).send(CreateBucket())
        return config
    }

    /// Returns the same bucket behind another address.
    static func config(_ config: R2Config, at endpoint: String) async throws -> R2Config {
        var settings = try await started.value
        settings["R2_BUCKET_NAME"] = config.bucket.rawValue
        settings["R2_ENDPOINT"] = endpoint
        return try R2Config(environment: settings)
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
