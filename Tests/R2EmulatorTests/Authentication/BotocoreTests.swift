#if Emulator
import Foundation
import SigV4
import TestSupport
import Testing

@testable import R2Emulator

/// The Python that has botocore: that of `Scripts/oracle`, or else the system's.
private enum Botocore {
    static let seed = UInt64.random(in: 0..<1_000_000_000)

    /// The path of the Python, or `nil` if none has botocore.
    static let python: String? = {
        let environment = ProcessInfo.processInfo.environment
        let tools = environment["R2KIT_TOOLS"] ?? "\(environment["HOME"] ?? "")/.cache/r2kit-tools"
        return ["\(tools)/python-oracle/bin/python", "/usr/bin/python3", "/usr/local/bin/python3"].first { path in
            guard FileManager.default.isExecutableFile(atPath: path) else { return false }
            let process = Process()
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = ["-c", "import botocore"]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
    }()

    static var script: String {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
        return root.appendingPathComponent("Scripts/oracle-support/emulator_requests.py").path
    }
}

@Suite("Requests of botocore", .enabled(if: Botocore.python != nil, "no Python has botocore: run Scripts/oracle once"))
struct BotocoreTests {
    private struct Line: Decodable {
        var name: String
        var method: String
        var target: String
        var headers: [[String]]
        var body: String
    }

    @Test func `200 random requests are accepted, and refused after a change`() async throws {
        print("BotocoreTests: seed \(Botocore.seed)")
        let outcome = try await RunningProgram.run(
            try #require(Botocore.python),
            ["-B", Botocore.script, "\(Botocore.seed)", "200", "http://\(Signed.host)", Signed.id, Signed.secret])
        try #require(outcome.status == 0, "\(outcome.errors)")
        let lines = try outcome.output.split(separator: "\n").map { line in
            try JSONDecoder().decode(Line.self, from: Data(line.utf8))
        }
        #expect(lines.count == 200)
        var random = SeededGenerator(seed: Botocore.seed)
        for line in lines {
            let request = EmulatorRequest(
                method: line.method, target: line.target, headers: line.headers.map { ($0[0], $0[1]) })
            let date = try #require(RequestDate(request.header("x-amz-date") ?? request.parameter("X-Amz-Date") ?? ""))
            let now = Date(timeIntervalSince1970: Double(date.seconds))
            let body = Array(line.body.utf8)
            func refusal(_ request: EmulatorRequest) -> Refusal? { Signed.refusal(of: request, body: body, at: now) }
            #expect(refusal(request) == nil, "\(line.name) \(line.target) \(refusal(request)?.explanation ?? "")")

            let names =
                (request.header("authorization").flatMap(AuthorizationField.init)?.signedHeaders)
                ?? request.parameter("X-Amz-SignedHeaders") ?? ""
            let changes = Change.all(of: request, signedHeaders: names.split(separator: ";").map(String.init))
            for _ in 0..<8 {
                let change = random.pick(changes)
                #expect(refusal(change.request) != nil, "\(line.name): \(change.name)")
            }
        }
    }
}
#endif
