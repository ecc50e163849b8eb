#if Emulator
import Foundation
import R2Kit
import SigV4
import TestSupport
import Testing

@testable import R2Emulator

@Suite("The command r2-emulator")
struct CommandTests {
    /// The command's own key.
    static let keyID = "0123456789abcdef0123456789abcdef"
    static let secret = "0000000000000000000000000000000000000000000000000000000000r2dev0"

    /// Starts the command, and returns it with the variables that it prints.
    static func start(_ arguments: [String], environment: [String: String] = [:]) async throws
        -> (program: RunningProgram, exports: [String: String])
    {
        // On a busy machine, a connection of a test may be idle for a minute.
        let program = try RunningProgram(
            try BuiltProgram.path("r2-emulator"), arguments + ["--idle-timeout=1800"], environment: environment)
        while program.isRunning, !program.said.contains("Running.") { try await Task.sleep(for: .milliseconds(5)) }
        var exports: [String: String] = [:]
        for line in program.said.split(separator: "\n") where line.hasPrefix("export ") {
            let sides = line.dropFirst(7).split(separator: "=", maxSplits: 1)
            exports[String(sides[0])] = String(sides[1])
        }
        return (program, exports)
    }

    @Test func `prints variables that work, keeps objects in a directory, and stops at a signal`() async throws {
        let scratch = try Scratch()
        for run in 0..<2 {
            let (program, exports) = try await Self.start(
                ["--port", "0", "--directory=\(scratch.path("store"))", "--bucket", "first,second"],
                environment: ["R2_EMULATOR_BASE_PATH": "/base", "R2_EMULATOR_PORT": "1"])
            let config = try R2Config(environment: exports)
            #expect(config.endpoint.basePath == "/base")
            #expect(config.bucket.rawValue == "first")
            let url =
                run == 0
                ? try R2Presigner(config).presignUpload(to: ObjectKey("key"), constraints: .init(contentLength: 5)).url
                : try R2Presigner(config).presignPlayback(of: ObjectKey("key")).url
            let start = try #require(url.range(of: "/base")?.lowerBound)
            let target = String(url[start...])
            let port = try #require(config.endpoint.port)
            let response = try await RawConnection.with(port: port) { exchange in
                let line = run == 0 ? "PUT \(target) HTTP/1.1\r\nContent-Length: 5" : "GET \(target) HTTP/1.1"
                try await exchange.send("\(line)\r\nHost: 127.0.0.1:\(port)\r\n\r\n\(run == 0 ? "hello" : "")".utf8)
                return try await exchange.response()
            }
            #expect(response.status == 200, "\(response.text)")
            if run == 1 { #expect(response.text == "hello") }
            program.send(signal: run == 0 ? SIGINT : SIGTERM)
            #expect(try await program.outcome().status == 0)
        }
    }

    private static let endings: [([String], Int32)] = [
        (["--port"], 64), (["--port", "x"], 64), (["--nonsense"], 64), (["--host", "0.0.0.0"], 1),
        (["--bucket", "No"], 1), (["--base-path", "x"], 1), (["--idle-timeout", "0"], 64), (["--help"], 0),
    ]

    @Test(arguments: endings) func `wrong arguments end it`(_ arguments: [String], _ status: Int32) async throws {
        let outcome = try await RunningProgram.run(
            try BuiltProgram.path("r2-emulator"), arguments, environment: [:])
        #expect(outcome.status == status)
        #expect(status == 0 ? outcome.output.contains("usage:") : outcome.errors.hasPrefix("r2-emulator: "))
    }
}
#endif
