#if Storage && os(Linux)
import Foundation
import TestSupport
import Testing

/// Transfers that are killed, and resumed after their folder was moved.
@Suite("The command r2, when it is killed")
struct MovedTransferTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func start(_ command: String, _ environment: [String: String]) throws -> RunningProgram {
        var environment = environment
        environment["r2"] = try BuiltProgram.path("r2")
        environment["PATH"] = "/usr/bin:/bin"
        return try RunningProgram("/bin/bash", ["-c", command], environment: environment, directory: scratch.directory)
    }

    private func shell(_ command: String, _ environment: [String: String]) async throws -> RunningProgram.Outcome {
        try await start(command, environment).outcome()
    }

    /// Folders before and after, and a file's name, in the quotation of bash.
    private static let names = [("before", "after", "lecture.mp4"), (#"$'b\xff'"#, #"$'a\xfe'"#, #"$'l\xfd.mp4'"#)]

    /// Starts a command in a folder, kills it in the middle, and moves the folder.
    private func interrupt(
        _ command: String, state: String, from folder: String, to moved: String, _ relay: HoldingRelay,
        _ environment: [String: String]
    ) async throws {
        // The shell becomes the command, so that the signal reaches it.
        let running = try start("cd \(folder) && exec \"$r2\" \(command)", environment)
        try await relay.holds(running)
        while running.isRunning, try await shell("test -e \(folder)/\(state)", environment).status != 0 {
            try await Task.sleep(for: .milliseconds(5))
        }
        running.send(signal: SIGKILL)
        #expect(try await running.outcome().status == 128 + SIGKILL)
        relay.open()
        let move = try await shell("mv \(folder) \(moved)", environment)
        #expect(move.status == 0)
    }

    @Test(arguments: names) func `an upload is resumed from the moved folder`(_ names: (String, String, String))
        async throws
    {
        let (folder, moved, name) = names
        let content = try Data(contentsOf: URL(filePath: scratch.file("content", mebibytes: 16)))
        try await MemoryBucket.run { bucket in
            let made = try await shell("mkdir \(folder) && cp content \(folder)/\(name)", [:])
            #expect(made.status == 0)
            try await HoldingRelay.run(to: bucket.port, holdingAfter: 15 * 1024 * 1024 / 2) { relay in
                let environment = bucket.environment.merging(["R2_ENDPOINT": "http://127.0.0.1:\(relay.port)"]) { $1 }
                try await interrupt(
                    "put \(name) key --part-size 5M --concurrency 1", state: "\(name).r2-upload", from: folder,
                    to: moved, relay, environment)
                let resumed = try await shell("\"$r2\" resume \(moved)/\(name).r2-upload", environment)
                #expect(resumed.status == 0, "\(resumed.errors)")
                #expect(resumed.output.contains("(\(11 * 1024 * 1024) sent now)"))
            }
            #expect(bucket["key"] == Array(content))
            let left = try await shell("ls -A \(moved) | wc -l", [:])
            #expect(left.output == "1\n")
        }
    }

    @Test(arguments: names) func `a download is resumed in the moved folder`(_ names: (String, String, String))
        async throws
    {
        let (folder, moved, name) = names
        let content = try Data(contentsOf: URL(filePath: scratch.file("content", mebibytes: 16)))
        try await MemoryBucket.run { bucket in
            bucket["key"] = Array(content)
            let made = try await shell("mkdir \(folder)", [:])
            #expect(made.status == 0)
            // The size of some of 256 requests.
            try await HoldingRelay.run(to: bucket.port, holdingAfter: 30_000) { relay in
                let environment = bucket.environment.merging(["R2_ENDPOINT": "http://127.0.0.1:\(relay.port)"]) { $1 }
                try await interrupt(
                    "get key \(name) --range-size 64K --concurrency 1", state: "\(name).r2-download", from: folder,
                    to: moved, relay, environment)
                let resumed = try await shell("\"$r2\" resume \(moved)/\(name).r2-download", environment)
                #expect(resumed.status == 0, "\(resumed.errors)")
            }
            let compared = try await shell("cmp content \(moved)/\(name) && ls -A \(moved) | wc -l", [:])
            #expect(compared.output == "1\n", "\(compared.errors)")
        }
    }

    @Test func `a download whose partial file is lost keeps its state, and says how to start over`() async throws {
        let content = try Data(contentsOf: URL(filePath: scratch.file("content", mebibytes: 16)))
        try await MemoryBucket.run { bucket in
            bucket["key"] = Array(content)
            #expect(try await shell("mkdir before", [:]).status == 0)
            try await HoldingRelay.run(to: bucket.port, holdingAfter: 30_000) { relay in
                let environment = bucket.environment.merging(["R2_ENDPOINT": "http://127.0.0.1:\(relay.port)"]) { $1 }
                try await interrupt(
                    "get key a.mp4 --range-size 64K --concurrency 1", state: "a.mp4.r2-download", from: "before",
                    to: "after", relay, environment)
                #expect(try await shell("mv after/.r2-*.part elsewhere", environment).status == 0)
                let resumed = try await shell("\"$r2\" resume after/a.mp4.r2-download", environment)
                #expect(resumed.status == 73)
                #expect(resumed.errors.contains("/before/.r2-"), "\(resumed.errors)")
                #expect(resumed.errors.contains("The state file is still there. To start over: r2 get --restart"))
                #expect(try await shell("ls after", environment).output == "a.mp4.r2-download\n")
            }
        }
    }
}
#endif
