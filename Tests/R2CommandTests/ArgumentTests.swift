#if Storage
import Foundation
import TestSupport
import Testing

/// The command's messages for invalid input, without a server.
@Suite("The command r2 and its arguments")
struct ArgumentTests {
    /// An endpoint at a local port on which nothing listens.
    static let nowhere = [
        "R2_ENDPOINT": "http://127.0.0.1:1", "R2_ACCESS_KEY_ID": "test-id", "R2_SECRET_ACCESS_KEY": "test-s3cr3t",
        "R2_BUCKET_NAME": "test-bucket",
    ]

    @Test func `an empty environment is reported setting by setting`() async throws {
        let outcome = try await RunningCommand.run("ls")
        #expect(outcome.status == 78)
        #expect(outcome.output.isEmpty)
        for name in ["CLOUDFLARE_ACCOUNT_ID", "R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_BUCKET_NAME"] {
            #expect(outcome.errors.contains("  \(name): "))
        }
    }

    @Test(arguments: [
        ["put"], ["get"], ["resume"], ["rm"], ["rm", "a", "--prefix", "b"], ["rm", "--prefix", ""], ["unknown"],
        ["put", "a", "--concurrency", "0"], ["put", "a", "--part-size", "much"], ["put", "a", "--checksum", "sha512"],
        ["put", "a", "--metadata", "name"], ["get", "a", "--state-folder", "/nowhere/at/all"],
        ["cors", "--remove", "--origin", "https://app.example.com"], ["cors", "--dry-run"],
        ["rm", "a", "b", "--upload-id", "c"],
    ])
    func `invalid arguments print the usage`(arguments: [String]) async throws {
        let outcome = try await RunningCommand.start(arguments, environment: Self.nowhere).outcome()
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Usage: r2"))
    }

    @Test func `a new key that R2Kit rejects is an invalid argument`() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("a.mp4", mebibytes: 1)
        let outcome = try await RunningCommand.run("put", file, "videos//a.mp4", environment: Self.nowhere)
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("r2: "))
    }

    @Test(arguments: [0, 2]) func `a part size below R2's minimum fails before anything is sent`(mebibytes: Int)
        async throws
    {
        let scratch = try Scratch()
        let file = try scratch.file("a.mp4", mebibytes: mebibytes)
        let outcome = try await RunningCommand.run("put", file, "--part-size", "1M", environment: Self.nowhere)
        #expect(outcome.status == 64)
        #expect(outcome.errors.components(separatedBy: "5242880").count == 2, "it is reported once: \(outcome.errors)")
    }

    @Test func `a missing file is named`() async throws {
        let outcome = try await RunningCommand.run("put", "/nowhere/lecture.mp4", environment: Self.nowhere)
        #expect(outcome.status == 66)
        #expect(outcome.errors == "r2: The file /nowhere/lecture.mp4 doesn't exist.\n")
    }

    @Test func `a folder is distinguished from a missing file`() async throws {
        let scratch = try Scratch()
        let folder = scratch.directory.path
        let outcome = try await RunningCommand.run("put", folder, environment: Self.nowhere)
        #expect(outcome.status == 66)
        #expect(outcome.errors == "r2: \(folder) is a folder: choose a file.\n")
    }

    @Test func `an invalid state file is an error`() async throws {
        let scratch = try Scratch()
        try Data("{}".utf8).write(to: scratch.directory.appendingPathComponent("a.mp4.r2-upload"))
        let outcome = try await RunningCommand.run("resume", scratch.path("a.mp4.r2-upload"), environment: Self.nowhere)
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("isn't the state file"))
    }

    @Test func `a file without an unfinished transfer isn't taken for a state file`() async throws {
        let scratch = try Scratch()
        try Data("text".utf8).write(to: scratch.directory.appendingPathComponent("a.txt"))
        let outcome = try await RunningCommand.run("resume", scratch.path("a.txt"), environment: Self.nowhere)
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("There is no unfinished transfer of"), "\(outcome.errors)")
    }

    @Test func `metadata with two values is an error`() async throws {
        let outcome = try await RunningCommand.run(
            "put", "a.txt", "--metadata", "a=1", "--metadata", "a=2", environment: Self.nowhere)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Duplicate --metadata: a has two values."), "\(outcome.errors)")
    }

    @Test func `a name that can't be looked up isn't called missing`() async throws {
        let scratch = try Scratch()
        let loop = scratch.path("loop")
        try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: loop)
        let outcome = try await RunningCommand.run("put", loop, environment: Self.nowhere)
        #expect(outcome.status == 66)
        #expect(!outcome.errors.contains("doesn't exist"), "\(outcome.errors)")
    }

    @Test func `an existing file is replaced only with --force`() async throws {
        let scratch = try Scratch()
        let file = try scratch.file("a.mp4", mebibytes: 1)
        let outcome = try await RunningCommand.run("get", "a.mp4", file, environment: Self.nowhere)
        #expect(outcome.status == 73)
        #expect(outcome.errors.contains("add --force"))
    }

    @Test func `CORS rules are printed without a server`() async throws {
        let outcome = try await RunningCommand.run("cors", "--origin", "https://app.example.com", "--dry-run")
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("\"https://app.example.com\""))
        let wrong = try await RunningCommand.run("cors", "--origin", "app.example.com", "--dry-run")
        #expect(wrong.status == 64)
    }

    @Test func `an unreachable server is a temporary failure`() async throws {
        let outcome = try await RunningCommand.run("ls", environment: Self.nowhere)
        #expect(outcome.status == 75)
        #expect(outcome.errors.contains("ConnectionFailed"))
        #expect(!outcome.errors.contains("test-s3cr3t"))
    }
}
#endif
