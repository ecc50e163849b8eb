#if Storage
import NIOCore
import R2Kit
import R2Storage
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Parts and transfers on real servers", .againstServers)
struct ServerTransferTests {
    private static let partLength = Int(PartPlan.minimumPartLength)

    @Test(arguments: TestServer.allCases)
    func `an object consists of uploaded and copied parts`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let (key, source) = (try ServerObjectTests.key("parts +.mp4"), try ServerObjectTests.key("source"))
        let (first, last) = (
            RandomBytes.buffer(Self.partLength), RandomBytes.buffer(1000, seed: 2)
        )
        try await client.put(first, to: source)
        let id = try await client.createMultipartUpload(key, properties: ObjectProperties(contentType: "video/mp4"))
        var open: [UploadID] = []
        for try await upload in client.listMultipartUploads(prefix: key.rawValue) { open.append(upload.uploadID) }
        #expect(open == [id])
        let sent = try await client.uploadPart(2, of: id, key: key, body: .bytes(last))
        let copied = try await client.uploadPartCopy(
            1, of: id, key: key, from: CopySource(source), range: 0...Int64(Self.partLength - 1))
        var parts: [Int] = []
        for try await part in client.listParts(of: id, key: key, pageSize: 1) { parts.append(part.number) }
        #expect(parts == [1, 2])
        try await client.completeMultipartUpload(id, key: key, parts: [sent, copied])
        let stream = try await client.get(key)
        #expect(stream.metadata.contentType == "video/mp4")
        let isWhole =
            try await stream.collect(upTo: .max) == ByteBuffer(bytes: first.readableBytesView + last.readableBytesView)
        #expect(isWhole)

        let aborted = try await client.createMultipartUpload(key)
        try await client.abortMultipartUpload(aborted, key: key)
        let gone = await #expect(throws: R2Error.self) {
            for try await _ in client.listParts(of: aborted, key: key) {}
        }
        #expect(gone?.isNotFound == true)
    }

    @Test(arguments: TestServer.allCases)
    func `files and streams are uploaded and downloaded`(_ server: TestServer) async throws {
        let client = try await server.running().client
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("r2kit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let content = RandomBytes.buffer(2 * Self.partLength + 12_345)
        let (up, down) = (folder.appendingPathComponent("up").path, folder.appendingPathComponent("down").path)
        try Data(content.readableBytesView).write(to: URL(fileURLWithPath: up))
        let options = UploadOptions(multipartThreshold: 0, partLength: Int64(Self.partLength))
        let chunks = Chunks(
            stride(from: 0, to: content.readableBytes, by: 999_999).map { start in
                content.getBytes(at: start, length: min(999_999, content.readableBytes - start)) ?? []
            })
        for (name, source) in [
            ("file", UploadSource.file(up)), ("bytes", .bytes(content)), ("stream", .stream(chunks)),
        ] {
            let key = try ServerObjectTests.key(name)
            let result = try await client.upload(source, to: key, options: options)
            #expect(result.partCount == 3 && result.size == Int64(content.readableBytes))
            try await client.download(key, to: .file(down), options: DownloadOptions(rangeLength: 1_000_000))
            let isWhole = FileManager.default.contents(atPath: down).map { ByteBuffer(bytes: $0) } == content
            #expect(isWhole, "\(name)")
            try await client.delete(key)
        }
    }

    @Test(.needs(.equalParts, of: .emulator))
    func `R2Emulator rejects parts of different sizes`() async throws { try await unequalParts(.emulator) }

    @Test(.needs(.equalParts, of: .seaweedFS))
    func `SeaweedFS rejects parts of different sizes`() async throws { try await unequalParts(.seaweedFS) }

    @Test(.needs(.equalParts, of: .swift))
    func `OpenStack Swift rejects parts of different sizes`() async throws { try await unequalParts(.swift) }

    private func unequalParts(_ server: TestServer) async throws {
        let client = try await server.running().client
        let key = try ServerObjectTests.key("unequal")
        let id = try await client.createMultipartUpload(key)
        var parts: [CompletedPart] = []
        for (number, count) in [(1, Self.partLength), (2, Self.partLength + 1), (3, 1)] {
            parts.append(
                try await client.uploadPart(number, of: id, key: key, body: .bytes(RandomBytes.buffer(count))))
        }
        let error = await #expect(throws: R2Error.self) {
            try await client.completeMultipartUpload(id, key: key, parts: parts)
        }
        #expect(error?.code == .invalidPart)
    }

    @Test(.against(.emulator)) func `transfers survive faults on the emulator`() async throws {
        let server = try await TestServer.emulator.running()
        // Five times as many as against other servers, because the emulator is fast.
        try await FaultRun(config: server.config, count: 5 * FaultRun.usualCount).run()
    }

    @Test(.against(.seaweedFS)) func `transfers survive faults on a real server`() async throws {
        let server = try await TestServer.seaweedFS.running()
        // SeaweedFS 4.48 stores an empty object if a connection is closed after the head of a PUT, whatever length the
        // head has. It doesn't if the connection is reset.
        try await FaultRun(config: server.config, count: FaultRun.usualCount, resetsServer: true).run()
    }
}
#endif
