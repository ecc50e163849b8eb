#if Storage
import Foundation
import HTTPTypes
import R2Kit
import R2Storage
import Synchronization
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
    struct NotStarted: Error, CustomStringConvertible { let description: String }

    /// The variables that the command reads.
    let environment: [String: String]

    /// The one server; the first test that asks for it starts it.
    static func running() async throws -> StorageServer { try await started.value }

    private static let started = Task { try await start() }
    private static let folder: Mutex<String?> = Mutex(nil)

    private static let script = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scripts/servers/start-seaweedfs").path

    private static func start() async throws -> StorageServer {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)").path
        folder.withLock { $0 = directory }
        // Should the tests be killed, the script notices that they have gone.
        guard atexit({ StorageServer.stop() }) == 0 else { throw NotStarted(description: "cannot be stopped") }
        let owner = "\(ProcessInfo.processInfo.processIdentifier)"
        let status = try await Task.detached { try run(["start", "0", directory, owner]) }.value
        guard status == 0 else { throw NotStarted(description: "SeaweedFS did not start: status \(status)") }
        let settings = try String(contentsOfFile: directory + "/r2.env", encoding: .utf8)
        let pairs = settings.split(separator: "\n").map { line in
            let sides = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (sides[0], sides.count == 2 ? sides[1] : "")
        }
        let server = StorageServer(environment: Dictionary(uniqueKeysWithValues: pairs))
        try await server.client.send(MakeBucket())
        return server
    }

    private static func stop() {
        guard let folder = folder.withLock({ $0 }) else { return }
        _ = try? run(["stop", folder])
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: script)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    var client: R2Client { get throws { R2Client(try R2Config(environment: environment)) } }
}

/// Makes the bucket, which R2 leaves to its dashboard and its own API.
private struct MakeBucket: R2Operation {
    static let name = "CreateBucket"

    func request() throws(R2KitError) -> R2OperationRequest { R2OperationRequest(method: .put) }

    func output(from response: R2Response) throws(R2Error) {
        guard response.status == 200 else { throw R2Error(response, of: self) }
    }
}
#endif
