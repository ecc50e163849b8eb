#if Storage
import Foundation
import TestSupport
import Testing

/// Files and objects that change while a transfer is interrupted, and the advice that the command gives.
@Suite("The command r2 and changes in the middle of a transfer")
struct ChangedSourceTests {
    private let scratch: Scratch
    private static let mebibyte = 1024 * 1024

    init() throws { scratch = try Scratch() }

    /// Uploads a file until one part of two is stored, changes the file, and runs a body.
    private func interruptedUpload(
        of name: String = "lecture.mp4", change: (String) throws -> Void,
        _ body: (MemoryBucket, _ file: String, _ resume: (String...) async throws -> RunningProgram.Outcome)
            async throws
            -> Void
    ) async throws {
        let file = try scratch.file(name, mebibytes: 10)
        try await MemoryBucket.run { bucket in
            try await HoldingRelay.run(to: bucket.port, holdingAfter: 15 * Self.mebibyte / 2) { relay in
                let environment = bucket.environment.merging(["R2_ENDPOINT": "http://127.0.0.1:\(relay.port)"]) { $1 }
                let put = try RunningCommand.start(
                    ["put", file, "key", "--part-size", "5M", "--concurrency", "1"], environment: environment)
                try await relay.holds(put)
                put.send(signal: SIGINT)
                #expect(try await put.outcome().status == 130)
                relay.open()
                try change(file)
                try await body(bucket, file) { (options: String...) in
                    try await RunningCommand.start(["resume"] + options + [file], environment: environment).outcome()
                }
            }
        }
    }

    /// Moves the modification time of a file.
    private func touch(_ file: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)], ofItemAtPath: file)
    }

    private static let hint = "If only the file's modification time moved: r2 resume --ignore-modification-time "
    private static let restart = "To abort the unfinished upload and start over: r2 put --restart "

    @Test func `a file whose modification time moved is resumed with the printed option`() async throws {
        try await interruptedUpload(change: touch) { bucket, file, resume in
            let refused = try await resume()
            #expect(refused.status == 66)
            #expect(refused.errors.contains("\(Self.restart)\(file) …\n"), "\(refused.errors)")
            #expect(refused.errors.contains("\(Self.hint)\(file).r2-upload\n"), "\(refused.errors)")
            let resumed = try await resume("--ignore-modification-time")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output.contains("(\(5 * Self.mebibyte) sent now)"))
            #expect(bucket["key"] == Array(try Data(contentsOf: URL(filePath: file))))
            #expect(try scratch.names() == ["lecture.mp4"])
        }
    }

    @Test func `the printed option doesn't accept other content`() async throws {
        let rewrite = { (file: String) in
            _ = try scratch.file("lecture.mp4", mebibytes: 10, seed: 2)
            try touch(file)
        }
        try await interruptedUpload(change: rewrite) { bucket, file, resume in
            let refused = try await resume("--ignore-modification-time")
            #expect(refused.status == 66)
            #expect(refused.errors.contains("Part 1 of the source differs"), "\(refused.errors)")
            #expect(refused.errors.contains("\(Self.restart)\(file) …\n"))
            #expect(bucket.keys.isEmpty)
        }
    }

    @Test func `a file of another length gets no hint about its modification time`() async throws {
        let lengthen = { (file: String) in _ = try scratch.file("lecture.mp4", mebibytes: 11) }
        try await interruptedUpload(change: lengthen) { bucket, file, resume in
            for options in [[], ["--ignore-modification-time"]] {
                let refused = options.isEmpty ? try await resume() : try await resume(options[0])
                #expect(refused.status == 66)
                #expect(refused.errors.contains("\(11 * Self.mebibyte) bytes"), "\(refused.errors)")
                #expect(refused.errors.contains("\(Self.restart)\(file) …"))
                #expect(!refused.errors.contains("--ignore-modification-time"))
            }
            #expect(bucket.keys.isEmpty)
        }
    }

    @Test func `a file with the longest name is resumed`() async throws {
        let longest = String(repeating: "n", count: 255)
        try await interruptedUpload(of: longest, change: { _ in }) { bucket, file, resume in
            let state = try #require(try scratch.names().first { $0 != longest })
            #expect(state.hasSuffix(".r2-upload"))
            let resumed = try await resume()
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output.contains("(\(5 * Self.mebibyte) sent now)"))
            #expect(try scratch.names() == [longest])
        }
    }

    @Test func `an object that is deleted during its download is reported as deleted`() async throws {
        let content = try Data(contentsOf: URL(filePath: scratch.file("content", mebibytes: 16)))
        let target = scratch.path("back.mp4")
        try await MemoryBucket.run { bucket in
            bucket["key"] = Array(content)
            try await HoldingRelay.holdDownload(of: "key", to: target, from: bucket) { relay, get, _ in
                bucket["key"] = nil
                relay.open()
                let outcome = try await get.outcome()
                #expect(outcome.status == 1)
                #expect(outcome.errors.contains("The object was deleted after the download started."))
                #expect(!outcome.errors.contains("start a new download"))
                #expect(!outcome.errors.contains("r2 resume"))
            }
        }
        #expect(try scratch.names() == ["content"])
    }
}
#endif
