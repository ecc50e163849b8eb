#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import Synchronization
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
        let path = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Scripts/servers/\(script)").path
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // The script watches this process: it stops the server, and removes the folder, when the tests have ended.
        let status = try await Self.run(
            path, ["start", "0", folder.path, "\(ProcessInfo.processInfo.processIdentifier)"])
        guard status == 0 else { throw R2Error(.connectionFailed, "\(script) ended with \(status)") }
        let settings = try String(contentsOf: folder.appendingPathComponent("r2.env"), encoding: .utf8)
        let pairs = settings.split(separator: "\n").map { line in
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0], sides.count == 2 ? sides[1] : "")
        }
        let running = try Running(Dictionary(uniqueKeysWithValues: pairs))
        try await running.client.send(CreateBucket())
        return running
    }

    private static func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        // What it says is the server's address; its errors are for the reader of the tests.
        process.standardOutput = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
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
