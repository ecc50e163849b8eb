import Foundation
import R2Kit
import TestSupport
import Testing

@Suite("The curl command", .againstServers)
struct CurlCommandTests {
    @Test(arguments: ServerKind.allCases)
    func `it uploads and downloads when pasted into a shell`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let scratch = try Scratch()
        defer { scratch.remove() }
        let (source, target) = (scratch.path("it's [1] of {a,b}.mp4"), scratch.path("copy $1.mp4"))
        let body = Sample.bytes(2_000_000)
        try Data(body.bytes).write(to: URL(fileURLWithPath: source))
        let key = try Sample.key("it's [1] {2}.mp4")
        let presigner = try server.presigner
        let note = "\"it's\" $HOME `x` \\ !"
        let upload = try presigner.presignUpload(
            to: key,
            constraints: UploadConstraints(
                contentType: "video/mp4", contentLength: 2_000_000, userMetadata: ["note": note]))
        try await shell(upload.curlCommand(file: source))
        try await shell(presigner.presignPlayback(of: key).curlCommand(file: target))
        #expect(FileManager.default.contents(atPath: target).map { Body($0) } == body)
        #expect(try await Message(try presigner.presignHead(of: key)).send().headers["x-amz-meta-note"] == note)
        try await shell(presigner.presignHead(of: key).curlCommand())
        try await shell(presigner.presignDelete(of: key).curlCommand())
        #expect(try await server.stored(key) == nil)
    }

    @Test(arguments: ServerKind.allCases)
    func `it uploads what is piped into it`(_ kind: ServerKind) async throws {
        let server = try await kind.running()
        let scratch = try Scratch()
        defer { scratch.remove() }
        let source = scratch.path("video.mp4")
        let body = Sample.bytes(2_000_000)
        try Data(body.bytes).write(to: URL(fileURLWithPath: source))
        let key = try Sample.key()
        let upload = try server.presigner.presignUpload(
            to: key, constraints: UploadConstraints(contentLength: 2_000_000))
        try await shell("cat '\(source)' | \(upload.curlCommand())")
        #expect(try await server.stored(key) == body)
    }

    @Test(.needs(.emptySegments, of: .emulator))
    func `R2Emulator: it uploads to a key that looks like a directory`() async throws {
        try await uploadToDirectory(on: try await ServerKind.emulator.running())
    }

    @Test(.needs(.emptySegments, of: .swift))
    func `OpenStack Swift: it uploads to a key that looks like a directory`() async throws {
        try await uploadToDirectory(on: try await ServerKind.swift.running())
    }

    private func uploadToDirectory(on server: TestServer) async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let source = scratch.path("video.mp4")
        try Data(Sample.text.bytes).write(to: URL(fileURLWithPath: source))
        for ending in ["/", "/.", "/.."] {
            let key = try ObjectKey(unchecked: "\(UUID().uuidString)\(ending)")
            try await shell(try server.presigner.presignUpload(to: key).curlCommand(file: source))
            #expect(try await server.stored(key) == Sample.text)
        }
    }

    private func shell(_ command: String) async throws {
        let environment = ProcessInfo.processInfo.environment.merging(["no_proxy": "*"]) { $1 }
        let outcome = try await RunningProgram.run("sh", ["-c", command], environment: environment)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }
}
