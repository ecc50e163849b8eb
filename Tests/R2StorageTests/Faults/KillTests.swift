#if Storage
import NIOCore
import R2Kit
import R2Storage
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A process that is killed during an upload")
struct KillTests {
    /// The next process's knowledge of the upload.
    enum Knowledge: CaseIterable, Sendable {
        case token
        case uploadID
    }

    @Test(.takesLong, arguments: Knowledge.allCases)
    func `another process resumes it and sends no finished part again`(_ knowledge: Knowledge) async throws {
        try await StrictBucket.run { bucket in try await killAndResume(bucket.settings, knowledge) }
    }

    @Test(.against(.emulator)) func `another process resumes it on the emulator`() async throws {
        let server = try await TestServer.emulator.running()
        try await killAndResume(server.settings, .uploadID)
    }

    @Test(.against(.seaweedFS)) func `another process resumes it on a real server`() async throws {
        let server = try await TestServer.seaweedFS.running()
        try await killAndResume(server.settings, .token)
    }

    private static let partCount = 8
    private static let partLength = Int(PartPlan.minimumPartLength)

    private func killAndResume(_ settings: [String: String], _ knowledge: Knowledge) async throws {
        let config = try R2Config(environment: settings)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("video").path
        let content = try Self.content(writtenTo: file)
        let tokenFile = folder.appendingPathComponent("token").path
        let key = try ObjectKey("killed/\(UUID().uuidString)")
        guard let upstream = config.endpoint.port else { return }
        // Three parts pass. The next ones are held until the process is gone. None of them ever reaches the server,
        // even if it has left the process and waits in a socket.
        let barrier = Barrier()
        let hold: @Sendable (S3Request) async -> Fault = { request in
            guard request.operation == "UploadPart", (request.partNumber ?? 0) > 3 else { return .none }
            await barrier.wait()
            return .at(.beforeRequest, .reset)
        }
        try await FaultProxy.run(to: upstream, faults: hold) { proxy in
            defer { barrier.open() }
            let child = try StorageProcess.start(
                ["upload", file, "\(key)", tokenFile],
                settings: settings.merging(["R2_ENDPOINT": "http://127.0.0.1:\(proxy.port)"]) { $1 })
            // The next two parts have arrived and are held.
            while proxy.log.finishedParts(of: key.rawValue).count < 3 || proxy.log.open(key.rawValue) < 2
                || FileManager.default.contents(atPath: tokenFile) == nil
            {
                try #require(child.isRunning, "the process has ended by itself: \(child.said)")
                try await Task.sleep(for: .milliseconds(5))
            }
            child.kill()
            #expect(try await child.outcome().status == 128 + 9)
            #expect(proxy.log.finishedParts(of: key.rawValue) == [1, 2, 3])
        }
        // Another proxy, which sees only the next process's requests.
        try await FaultProxy.run(to: upstream, faults: { _ in .none }) { proxy in
            let connections = OwnConnections()
            let client = R2Client(
                try config.through(proxy.port), httpClient: connections.httpClient, configuration: .patient)
            let result: UploadResult
            switch knowledge {
            case .token:
                let data = try #require(FileManager.default.contents(atPath: tokenFile))
                let token = try JSONDecoder().decode(R2Upload.ResumeToken.self, from: data)
                result = try await client.resume(token, from: .file(file))
            case .uploadID:
                var ids: [UploadID] = []
                for try await upload in client.listMultipartUploads(prefix: key.rawValue) {
                    ids.append(upload.uploadID)
                }
                #expect(ids.count == 1)
                result = try await client.resume(try #require(ids.first), of: key, from: .file(file))
            }
            try await connections.drain(into: proxy.log)
            #expect(proxy.log.sentParts(of: key.rawValue).sorted() == [4, 5, 6, 7, 8])
            #expect(result.partCount == Self.partCount)
            #expect(result.bytesSent == Int64(content.readableBytes - 3 * Self.partLength))
        }
        let client = R2Client(config, configuration: .patient)
        let isWhole = try await client.get(key).collect(upTo: .max) == content
        #expect(isWhole)
        try await client.delete(key)
    }

    /// A file of seven full parts and some more bytes.
    private static func content(writtenTo path: String) throws -> ByteBuffer {
        let content = RandomBytes.buffer((partCount - 1) * partLength + 1000, seed: 8)
        try Data(content.readableBytesView).write(to: URL(fileURLWithPath: path))
        return content
    }
}
#endif
