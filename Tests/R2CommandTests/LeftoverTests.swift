#if Storage
import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// State files that can't be written, and cleanups that fail.
@Suite("The command r2 and what a failed transfer leaves")
struct LeftoverTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func shell(_ command: String, _ bucket: MemoryBucket) async throws -> RunningProgram.Outcome {
        try await RunningCommand.shell(command, bucket.environment, in: scratch)
    }

    private static let denied: MemoryBucket.Response = (
        .forbidden, [:], Array("<Error><Code>AccessDenied</Code><Message>Denied.</Message></Error>".utf8)
    )

    /// Makes the bucket reject the requests with these numbers.
    ///
    /// An upload of two parts, one at a time, sends: 1 creation, 2 and 3 parts, 4 completion or abort.
    private func reject(_ requests: Int..., in bucket: MemoryBucket) {
        bucket.respond { requests.contains($0) ? Self.denied : nil }
    }

    private static let parts = "--part-size 5M --concurrency 1 -q"

    #if os(Linux)
    @Test func `parts of an upload whose state can't be written are aborted`() async throws {
        try scratch.file("lecture.mp4", mebibytes: 10)
        try await MemoryBucket.run { bucket in
            reject(3, in: bucket)
            // No one can make a file in this folder.
            let put = try await shell("\"$r2\" put lecture.mp4 key \(Self.parts) --state-folder /proc", bucket)
            #expect(put.status == 77)
            #expect(put.errors.contains("So nothing is kept if the transfer is interrupted."), "\(put.errors)")
            #expect(!put.errors.contains("r2 resume"))
            #expect(bucket.requests.last == "DELETE /test-bucket/key?uploadId=upload-0")
        }
    }

    @Test(arguments: ["put lecture.mp4", "put - < lecture.mp4"])
    func `parts that can't be aborted are named`(arguments: String) async throws {
        try scratch.file("lecture.mp4", mebibytes: 10)
        try await MemoryBucket.run { bucket in
            reject(3, 4, in: bucket)
            let words = arguments.split(separator: "<")
            let input = words.count > 1 ? "<\(words[1])" : "--state-folder /proc"
            let put = try await shell("\"$r2\" \(words[0]) \"it's a key\" \(Self.parts) \(input)", bucket)
            #expect(put.status == 77)
            let command = #"r2 rm --upload-id=upload-0 'it'\''s a key'"#
            #expect(put.errors.contains("To abort it: \(command)\n"), "\(put.errors)")
            bucket.respond { _ in nil }
            _ = try await shell("\"$\(command.replacing("r2 rm", with: "r2\" rm"))", bucket)
            #expect(bucket.requests.last == "DELETE /test-bucket/it%27s%20a%20key?uploadId=upload-0")
        }
    }
    #endif

    @Test func `a transfer is resumed with an earlier state if the last one can't be written`() async throws {
        try scratch.file("lecture.mp4", mebibytes: 10)
        try await MemoryBucket.run { bucket in
            reject(3, 5, in: bucket)
            let put = try await shell("\"$r2\" put lecture.mp4 key \(Self.parts)", bucket)
            #expect(put.errors.contains("To resume: r2 resume "), "\(put.errors)")
            // The limit holds for every file, as that of a full disk.
            let resume = try await shell(
                "(ulimit -f 0; trap '' XFSZ; \"$r2\" resume lecture.mp4 --concurrency 1 -q 2>&1) | cat", bucket)
            #expect(resume.output.contains("AccessDenied"))
            #expect(resume.output.contains("To resume: r2 resume "), "\(resume.output)")
            let last = try await shell("\"$r2\" resume lecture.mp4 -q", bucket)
            #expect(last.status == 0, "\(last.errors)")
            #expect(try scratch.names() == ["lecture.mp4"])
        }
    }
}
#endif
