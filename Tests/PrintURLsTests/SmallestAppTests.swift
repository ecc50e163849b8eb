import Foundation
import R2Kit
import TestSupport
import Testing

@Suite("The smallest app")
struct SmallestAppTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs the program with commands on its standard input, and returns the lines that it prints.
    private static func lines(of commands: String) async throws -> [String] {
        let outcome = try await RunningProgram.run(
            "sh", ["-c", "printf '%s' \"$0\" | \"$1\"", commands, try BuiltProgram.path("video-urls")],
            environment: PrintURLsTests.account.merging(["PATH": "/usr/bin:/bin"]) { $1 })
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        #expect(!outcome.output.contains("s3cr3t"))
        return outcome.output.split(separator: "\n").map(String.init)
    }

    @Test func `videos are added, listed, played and deleted`() async throws {
        let lines = try await Self.lines(
            of: """
                upload videos/1.mp4 A first talk
                play videos/1.mp4
                list
                ready videos/1.mp4
                play videos/1.mp4
                delete videos/1.mp4
                list
                play videos/1.mp4
                sing
                """)
        let host = "https://fedcba9876543210fedcba9876543210.r2.cloudflarestorage.com/test-bucket/videos/1.mp4?"
        #expect(lines.count == 6, "\(lines)")
        #expect(lines[0].hasPrefix("curl ") && lines[0].contains(host) && lines[0].contains("if-none-match: *"))
        #expect(lines[0].contains("X-Amz-SignedHeaders=content-type%3Bhost%3Bif-none-match&"))
        #expect(lines[1] == "videos/1.mp4 isn't ready.")
        #expect(lines[2] == "videos/1.mp4 pendingUpload A first talk")
        #expect(lines[3].hasPrefix(host) && lines[3].contains("X-Amz-Expires=3600"))
        #expect(lines[4] == "UnknownKey()")
        #expect(lines[5].hasPrefix("Expected upload KEY TITLE"))
    }

    @Test func `the README shows the file as it is, and it stays small`() throws {
        let file = try String(contentsOf: Self.root.appending(path: "Examples/video-urls.swift"), encoding: .utf8)
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("```swift\n\(file)```\n"))
        #expect(file.split(separator: "\n", omittingEmptySubsequences: false).count <= 70)
        #expect(
            file.split(separator: "\n").filter { $0.hasPrefix("import ") } == ["import R2Kit", "import VideoCatalog"])
    }
}
