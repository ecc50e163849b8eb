#if Storage
import Foundation
import R2Kit
import R2Storage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Files that go to a server and come back.
@Suite("The command r2 and a server", .againstServers)
struct TransferTests {
    private let scratch: Scratch
    private let server: StorageServer

    init() async throws {
        scratch = try Scratch()
        server = try await StorageServer.running()
    }

    private func r2(_ arguments: String...) async throws -> RunningCommand.Outcome {
        try await RunningCommand.start(arguments, environment: server.environment).outcome()
    }

    /// A key that no other test has.
    private func freshKey(_ name: String = "lecture.mp4") -> String { "tests/\(UUID().uuidString)/\(name)" }

    private func expectSame(_ first: String, _ second: String) throws {
        #expect(FileManager.default.contentsEqual(atPath: first, andPath: second), "\(first) and \(second) differ")
    }

    @Test(arguments: [0, 1, 40])
    func `a file comes back as it was`(mebibytes: Int) async throws {
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

    @Test func `progress is told line by line where nobody watches, and not at all when quiet`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 64)
        let key = freshKey()
        let told = try await r2("put", file, key, "--concurrency", "1")
        #expect(told.errors.contains("lecture.mp4: "))
        #expect(told.errors.contains("of 64.0 MiB"))
        #expect(!told.errors.utf8.contains(0x1B))
        let quiet = try await r2("put", file, key, "--quiet")
        #expect(quiet.status == 0)
        #expect(quiet.errors.isEmpty)
    }

    @Test func `an upload that is interrupted is resumed, and sends no finished part again`() async throws {
        let size = 384
        let file = try scratch.file("lecture.mp4", mebibytes: size)
        let state = file + ".r2-upload"
        let key = freshKey()
        let put = try RunningCommand.start(
            ["put", file, key, "--part-size", "5M", "--concurrency", "1"], environment: server.environment)
        try await someParts(of: key, atLeast: 3)
        put.send(signal: SIGINT)
        let interrupted = try await put.outcome()
        #expect(interrupted.status == 130)
        #expect(interrupted.errors.contains("To go on: r2 resume \(state)\n"))
        let text = try String(contentsOfFile: state, encoding: .utf8)
        let secret = try #require(server.environment["R2_SECRET_ACCESS_KEY"])
        #expect(!text.contains(secret))

        let again = try await r2("put", file, key)
        #expect(again.status == 1)
        #expect(again.errors.contains("There is an unfinished upload of this file."))

        let resumed = try await r2("resume", file)
        #expect(resumed.status == 0, "\(resumed.errors)")
        let sent = try #require(resumed.output.firstMatch(of: /\((\d+) sent just now\)/).flatMap { Int($0.1) })
        #expect(sent <= (size - 3 * 5) * 1024 * 1024)
        #expect(try scratch.names() == ["lecture.mp4"])
        #expect(try await r2("get", key, scratch.path("back.mp4")).status == 0)
        try expectSame(file, scratch.path("back.mp4"))
    }

    /// Waits until the server has parts of an upload.
    private func someParts(of key: String, atLeast count: Int) async throws {
        let client = try server.client
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            for try await upload in client.listMultipartUploads(prefix: key) {
                var parts = 0
                for try await _ in client.listParts(of: upload.uploadID, key: upload.key) { parts += 1 }
                if parts >= count { return }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("no parts of \(key) arrived")
    }

    @Test func `a download that is interrupted is resumed`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 256)
        let key = freshKey()
        #expect(try await r2("put", file, key).status == 0)
        let target = scratch.path("back.mp4")
        let get = try RunningCommand.start(
            ["get", key, target, "--range-size", "64K", "--concurrency", "1"], environment: server.environment)
        let deadline = ContinuousClock.now + .seconds(30)
        while !FileManager.default.fileExists(atPath: target + ".r2-download"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(2))
        }
        get.send(signal: SIGTERM)
        let interrupted = try await get.outcome()
        #expect(interrupted.status == 143)
        #expect(interrupted.errors.contains("To go on: r2 resume \(target).r2-download\n"))
        #expect(!FileManager.default.fileExists(atPath: target))
        let resumed = try await r2("resume", target + ".r2-download")
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expectSame(file, target)
        #expect(try scratch.names() == ["back.mp4", "lecture.mp4"])
    }

    @Test func `a file that has changed is not resumed`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 128)
        let key = freshKey()
        let states = try Scratch()
        let put = try RunningCommand.start(
            ["put", file, key, "--part-size", "5M", "--concurrency", "1", "--state-folder", states.directory.path],
            environment: server.environment)
        try await someParts(of: key, atLeast: 1)
        put.send(signal: SIGINT)
        #expect(try await put.outcome().status == 130)
        #expect(try scratch.names() == ["lecture.mp4"])
        let state = try #require(try states.names().first)
        try scratch.file("lecture.mp4", mebibytes: 128, seed: 2)
        let resumed = try await r2("resume", states.path(state))
        #expect(resumed.status == 66)
        #expect(resumed.errors.contains("r2 put --restart \(file)"))
        // It is given up for good when told so.
        let fresh = try await r2("put", file, key, "--state-folder", states.directory.path, "--restart")
        #expect(fresh.status == 0, "\(fresh.errors)")
        #expect(try states.names().isEmpty)
        let left = try await r2("ls", key, "--uploads")
        #expect(left.output.isEmpty)
    }

    @Test func `a resume that fails at once leaves the state`() async throws {
        let file = try scratch.file("lecture.mp4", mebibytes: 128)
        let key = freshKey()
        let put = try RunningCommand.start(
            ["put", file, key, "--part-size", "5M", "--concurrency", "1"], environment: server.environment)
        try await someParts(of: key, atLeast: 1)
        put.send(signal: SIGINT)
        #expect(try await put.outcome().status == 130)
        var environment = server.environment
        environment["R2_SECRET_ACCESS_KEY"] = "another-s3cr3t"
        let refused = try await RunningCommand.run("resume", file, environment: environment)
        #expect(refused.status == 77, "\(refused.errors)")
        #expect(refused.errors.contains("To go on: r2 resume \(file).r2-upload\n"))
        environment["R2_BUCKET_NAME"] = "another-bucket"
        let elsewhere = try await RunningCommand.run("resume", file, environment: environment)
        #expect(elsewhere.status == 78)
        #expect(try await r2("resume", file).status == 0)
        #expect(try scratch.names() == ["lecture.mp4"])
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
        #expect(named.errors.contains("2 objects would be deleted; add --yes to do it."))
        #expect(try await r2("rm", folder + "a.txt").output == "\(folder)a.txt\n")
        #expect(try await r2("rm", "--prefix", folder, "--yes").output == "\(folder)deep/b.txt\n")
        #expect(try await r2("ls", folder, "-r").output.isEmpty)
    }

    @Test func `an object is written once if that is asked for`() async throws {
        let file = try scratch.file("a.txt", mebibytes: 0)
        let key = freshKey("a.txt")
        #expect(try await r2("put", file, key, "--if-absent").status == 0)
        let second = try await r2("put", file, key, "--if-absent")
        #expect(second.status == 1)
        #expect(second.errors.contains("PreconditionFailed"))
    }

    @Test func `what is missing is told apart`() async throws {
        let missing = try await r2("get", freshKey())
        #expect(missing.status == 1)
        #expect(missing.errors.contains("There is no object "))
        var environment = server.environment
        // A name of its own: SeaweedFS makes a bucket of whatever name is written to.
        environment["R2_BUCKET_NAME"] = "missing-\(UUID().uuidString.lowercased())"
        for arguments in [["get", "a.txt"], ["ls"]] {
            let outcome = try await RunningCommand.start(arguments, environment: environment).outcome()
            #expect(outcome.status == 78, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains("NoSuchBucket"))
        }
    }

    @Test func `a wrong secret is told, and not shown`() async throws {
        var environment = server.environment
        environment["R2_SECRET_ACCESS_KEY"] = "another-s3cr3t"
        let outcome = try await RunningCommand.run("ls", environment: environment)
        #expect(outcome.status == 77)
        #expect(outcome.errors.contains("check the secret access key"))
        #expect(!outcome.errors.contains("another-s3cr3t"))
    }

    @Test func `an installation is checked`() async throws {
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
