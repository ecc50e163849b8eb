#if Storage
import Foundation
import R2Kit
import R2Storage
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Transfers of files to a server and back.
@Suite("The command r2 and a server", .againstServers)
struct TransferTests {
    private let scratch: Scratch
    private let server: StorageServer

    init() async throws {
        scratch = try Scratch()
        server = try await StorageServer.running()
    }

    private func r2(_ arguments: String...) async throws -> RunningProgram.Outcome {
        try await RunningCommand.start(arguments, environment: server.environment).outcome()
    }

    /// Returns a key that no other test uses.
    private func freshKey(_ name: String = "lecture.mp4") -> String { "tests/\(UUID().uuidString)/\(name)" }

    private func expectSame(_ first: String, _ second: String) throws {
        #expect(FileManager.default.contentsEqual(atPath: first, andPath: second), "\(first) and \(second) differ")
    }

    @Test(arguments: [0, 1, 40])
    func `a file is uploaded and downloaded unchanged`(mebibytes: Int) async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: mebibytes)
        let key = freshKey()
        let put = try await r2("put", file, key)
        #expect(put.status == 0, "\(put.errors)")
        #expect(put.output.hasPrefix("\(key): \(mebibytes * 1024 * 1024) bytes, ETag "))
        let get = try await r2("get", key, scratch.path("back.mp4"))
        #expect(get.status == 0, "\(get.errors)")
        try expectSame(file, scratch.path("back.mp4"))
        #expect(try scratch.names() == ["back.mp4", "lecture.mp4"])
        #expect(try await server.client.head(try ObjectKey(key)).contentType == "video/mp4")
    }

    @Test func `progress is printed in lines without a terminal, and not at all with --quiet`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 64)
        let key = freshKey()
        let printed = try await r2("put", file, key, "--concurrency", "1")
        #expect(printed.errors.contains("lecture.mp4: "))
        #expect(printed.errors.contains("of 64.0 MiB"))
        #expect(!printed.errors.utf8.contains(0x1B))
        let quiet = try await r2("put", file, key, "--quiet")
        #expect(quiet.status == 0)
        #expect(quiet.errors.isEmpty)
    }

    @Test func `an interrupted upload is resumed and sends no finished part again`() async throws {
        let size = 64
        let file = try scratch.file("lecture.mp4", mebibytes: size)
        let state = file + ".r2-upload"
        let key = freshKey()
        try await held(after: .parts(3)) { relay, environment in
            let interrupted = try await interruptedUpload(of: file, to: key, relay, environment)
            #expect(interrupted.status == 130)
            #expect(interrupted.errors.contains("To resume: r2 resume \(state)\n"))
            let text = try String(contentsOfFile: state, encoding: .utf8)
            let secret = try #require(server.environment["R2_SECRET_ACCESS_KEY"])
            #expect(!text.contains(secret))

            let again = try await RunningCommand.run("put", file, key, environment: environment)
            #expect(again.status == 1)
            #expect(again.errors.contains("This file has an unfinished upload:"))

            let resumed = try await RunningCommand.run("resume", file, environment: environment)
            #expect(resumed.status == 0, "\(resumed.errors)")
            let sent = try #require(resumed.output.firstMatch(of: /\((\d+) sent now\)/).flatMap { Int($0.1) })
            #expect(sent == (size - 3 * 5) * 1024 * 1024)
            #expect(try scratch.names() == ["lecture.mp4"])
        }
        #expect(try await r2("get", key, scratch.path("back.mp4")).status == 0)
        try expectSame(file, scratch.path("back.mp4"))
    }

    @Test func `a file is transferred by one command at a time`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 16)
        let key = freshKey()
        try await held(after: .parts(1)) { relay, environment in
            let first = try RunningCommand.start(
                ["put", file, key, "--part-size", "5M", "--concurrency", "1"], environment: environment)
            try await relay.holds(first)
            for arguments in [["put", file, key], ["put", file, key, "--restart"]] {
                let second = try await RunningCommand.start(arguments, environment: server.environment).outcome()
                #expect(second.status == 75)
                #expect(second.errors.hasPrefix("r2: Another r2 transfers this file"), "\(second.errors)")
            }
            relay.open()
            let outcome = try await first.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(try scratch.names() == ["lecture.mp4"])
    }

    @Test func `an upload that is gone is started over`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 16)
        let key = freshKey()
        try await held(after: .parts(1)) { relay, environment in
            #expect(try await interruptedUpload(of: file, to: key, relay, environment).status == 130)
            let listed = try await r2("ls", key, "--uploads", "--json")
            let id = try #require(listed.output.firstMatch(of: /"uploadID":"([^"]+)"/).map { String($0.1) })
            #expect(try await r2("rm", key, "--upload-id", id).status == 0)
            let resumed = try await RunningCommand.run("resume", file, environment: environment)
            #expect(resumed.status == 1)
            #expect(!resumed.errors.contains("To resume"), "\(resumed.errors)")
            let again = try await RunningCommand.run("put", file, key, "--restart", environment: environment)
            #expect(again.status == 0, "\(again.errors)")
        }
        #expect(try scratch.names() == ["lecture.mp4"])
    }

    @Test func `an interrupted download is resumed`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 32)
        let key = freshKey()
        #expect(try await r2("put", file, key).status == 0)
        let target = scratch.path("back.mp4")
        // The size of about a hundred requests.
        try await held(after: .bytes(50_000)) { relay, environment in
            let get = try RunningCommand.start(
                ["get", key, target, "--range-size", "64K", "--concurrency", "1"], environment: environment)
            try await relay.holds(get)
            get.send(signal: SIGTERM)
            let interrupted = try await get.outcome()
            relay.open()
            #expect(interrupted.status == 143)
            #expect(interrupted.errors.contains("To resume: r2 resume \(target).r2-download\n"))
            #expect(!FileManager.default.fileExists(atPath: target))
            let resumed = try await RunningCommand.run("resume", target + ".r2-download", environment: environment)
            #expect(resumed.status == 0, "\(resumed.errors)")
        }
        try expectSame(file, target)
        #expect(try scratch.names() == ["back.mp4", "lecture.mp4"])
    }

    @Test func `a changed file isn't resumed`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 32)
        let key = freshKey()
        let states = try Scratch()
        defer { states.remove() }
        try await held(after: .parts(1)) { relay, environment in
            let interrupted = try await interruptedUpload(
                of: file, to: key, relay, environment, "--state-folder", states.directory.path)
            #expect(interrupted.status == 130)
            #expect(try scratch.names() == ["lecture.mp4"])
            let state = try #require(try states.names().first)
            try scratch.file("lecture.mp4", mebibytes: 32, seed: 2)
            let resumed = try await RunningCommand.run("resume", states.path(state), environment: environment)
            #expect(resumed.status == 66)
            #expect(resumed.errors.contains("r2 put --restart \(file)"))
            // The option --restart aborts the unfinished upload.
            let fresh = try await RunningCommand.run(
                "put", file, key, "--state-folder", states.directory.path, "--restart", environment: environment)
            #expect(fresh.status == 0, "\(fresh.errors)")
        }
        #expect(try states.names().isEmpty)
        let left = try await r2("ls", key, "--uploads")
        #expect(left.output.isEmpty)
    }

    @Test func `a resume that fails immediately keeps the state`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 32)
        let key = freshKey()
        try await held(after: .parts(1)) { relay, environment in
            #expect(try await interruptedUpload(of: file, to: key, relay, environment).status == 130)
            let otherKey = environment.merging(["R2_SECRET_ACCESS_KEY": "another-s3cr3t"]) { $1 }
            let refused = try await RunningCommand.run("resume", file, environment: otherKey)
            #expect(refused.status == 77, "\(refused.errors)")
            #expect(refused.errors.contains("To resume: r2 resume \(file).r2-upload\n"))
            let otherBucket = environment.merging(["R2_BUCKET_NAME": "another-bucket"]) { $1 }
            let elsewhere = try await RunningCommand.run("resume", file, environment: otherBucket)
            #expect(elsewhere.status == 78)
            #expect(try await RunningCommand.run("resume", file, environment: environment).status == 0)
        }
        #expect(try scratch.names() == ["lecture.mp4"])
    }

    // MARK: In the middle of a transfer

    private enum Extent {
        case bytes(Int)
        /// Parts of 5 MiB, and half of the next one, which is more than all request headers need.
        case parts(Int)

        var limit: Int {
            switch self {
            case .bytes(let count): count
            case .parts(let count): (2 * count + 1) * 5 * 1024 * 1024 / 2
            }
        }
    }

    /// Runs a body with a relay to the server, and the environment for commands that use it.
    private func held(
        after extent: Extent, _ body: (HoldingRelay, [String: String]) async throws -> Void
    ) async throws {
        let endpoint = try R2Config(environment: server.environment).endpoint
        try await HoldingRelay.run(to: try #require(endpoint.port), holdingAfter: extent.limit) { relay in
            try await body(
                relay, server.environment.merging(["R2_ENDPOINT": "http://127.0.0.1:\(relay.port)"]) { $1 })
        }
    }

    /// Starts an upload in parts of 5 MiB, one at a time, and interrupts it when the relay holds it.
    private func interruptedUpload(
        of file: String, to key: String, _ relay: HoldingRelay, _ environment: [String: String], _ options: String...
    ) async throws -> RunningProgram.Outcome {
        let put = try RunningCommand.start(
            ["put", file, key, "--part-size", "5M", "--concurrency", "1"] + options, environment: environment)
        try await relay.holds(put)
        put.send(signal: SIGINT)
        let outcome = try await put.outcome()
        relay.open()
        return outcome
    }

    @Test func `objects are listed and deleted`() async throws {
        let file = try scratch.file("a.txt", mebibytes: 0)
        let folder = "tests/\(UUID().uuidString)/"
        for name in ["a.txt", "deep/b.txt", "deep/c\u{1B}[31m.txt"] {
            #expect(try await r2("put", file, folder + name).status == (name.contains("\u{1B}") ? 64 : 0))
        }
        let shallow = try await r2("ls", folder)
        #expect(shallow.output.contains(" \(folder)a.txt\n"))
        #expect(shallow.output.contains("- \(folder)deep/\n"))
        let all = try await r2("ls", folder, "-r", "--json")
        #expect(all.output.split(separator: "\n").count == 2)
        #expect(all.output.contains("\"size\":0"))

        let named = try await r2("rm", "--prefix", folder)
        #expect(named.status == 0)
        #expect(named.errors.contains("2 objects would be deleted. To delete them, add --yes."))
        #expect(try await r2("rm", folder + "a.txt").output == "\(folder)a.txt\n")
        #expect(try await r2("rm", "--prefix", folder, "--yes").output == "\(folder)deep/b.txt\n")
        #expect(try await r2("ls", folder, "-r").output.isEmpty)
    }

    @Test func `an object is written once with --if-absent`() async throws {
        let file = try scratch.file("a.txt", mebibytes: 0)
        let key = freshKey("a.txt")
        #expect(try await r2("put", file, key, "--if-absent").status == 0)
        let second = try await r2("put", file, key, "--if-absent")
        #expect(second.status == 1)
        #expect(second.errors.contains("PreconditionFailed"))
    }

    @Test func `a missing object is distinguished from a missing bucket`() async throws {
        let missing = try await r2("get", freshKey())
        #expect(missing.status == 1)
        #expect(missing.errors.contains("doesn't exist in the bucket"))
        var environment = server.environment
        // A name of its own: SeaweedFS makes a bucket of whatever name is written to.
        environment["R2_BUCKET_NAME"] = "missing-\(UUID().uuidString.lowercased())"
        for arguments in [["get", "a.txt"], ["ls"]] {
            let outcome = try await RunningCommand.start(arguments, environment: environment).outcome()
            #expect(outcome.status == 78, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains("NoSuchBucket"))
        }
    }

    @Test func `a wrong secret is reported and not shown`() async throws {
        var environment = server.environment
        environment["R2_SECRET_ACCESS_KEY"] = "another-s3cr3t"
        let outcome = try await RunningCommand.run("ls", environment: environment)
        #expect(outcome.status == 77)
        #expect(outcome.errors.contains("Check the secret access key"))
        #expect(!outcome.errors.contains("another-s3cr3t"))
    }

    @Test func `the setup is checked`() async throws {
        let good = try await r2("check")
        #expect(good.status == 0, "\(good.output)")
        #expect(good.output.contains("passed: write: "))
        var environment = server.environment
        environment["R2_BUCKET_NAME"] = "missing-\(UUID().uuidString.lowercased())"
        let bad = try await RunningCommand.run("check", environment: environment)
        #expect(bad.status == 1)
        #expect(bad.output.contains("problem: bucket: "))
    }
}
#endif
