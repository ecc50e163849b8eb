#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoCatalogSQLite
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Uploads in which nothing goes wrong.
@Suite struct UploadFlowTests {
    @Test func `a small file is sent in one request and becomes ready`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes)
            #expect(upload.phase == .waiting)
            #expect(upload.contentType == "video/mp4")
            #expect(upload.parts.isEmpty && upload.partCount == nil)
            try await world.send(bytes, upload)
            let video = try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user)
            #expect(video.state == .ready)
            #expect(video.duration == 2)
            #expect(video.width == 320 && video.height == 180 && video.frameRate == 25)
            #expect(video.metadata["media.container"] == "mp4")
            #expect(video.metadata["media.videoCodec"] == "avc1")
            #expect(video.metadata["media.fastStart"] == "true")
            #expect(video.metadata["upload.fileName"] == "lecture.mp4")
            #expect(try await world.objects() == ["videos/\(upload.video)/\(upload.attempt.lowercased)/file"])
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `a larger file is sent in parts, of which a response signs some at a time`() async throws {
        var options = UploadWorld.inParts
        options.partsPerResponse = 2
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4(11 * 1024 * 1024)
            let upload = try await world.begin(bytes)
            #expect(upload.request == nil)
            #expect(upload.partCount == 3 && upload.partSize == 5 * 1024 * 1024)
            #expect(upload.parts.map(\.number) == [1, 2])
            #expect(upload.parts.map(\.offset) == [0, 5 * 1024 * 1024])
            try await world.send(bytes, upload)
            let status = try await world.uploads.status(of: upload.video, by: UploadWorld.user)
            #expect(status.phase == .waiting)
            #expect(status.receivedParts.map(\.number) == [1, 2])
            #expect(status.receivedBytes == 10 * 1024 * 1024)
            #expect(status.missingParts.map(\.number) == [3])
            let error = await expectError(.notUploaded) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(error?.missingParts == [3])
            let rest = try await world.uploads.parts([3], of: upload.video, by: UploadWorld.user)
            #expect(rest.map(\.length) == [1024 * 1024])
            for part in rest { #expect(try await world.send(part, of: bytes) == 200) }
            #expect(try await world.uploads.status(of: upload.video, by: UploadWorld.user).phase == .arrived)
            let video = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            #expect(video.etag?.hasSuffix("-3") == true)
            #expect(try await world.multipartUploads() == 0)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `all parts of a background upload are signed at once, for days`() async throws {
        var options = UploadWorld.inParts
        options.partsPerResponse = 1
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4(6 * 1024 * 1024)
            let upload = try await world.begin(bytes, transport: .background)
            #expect(upload.parts.map(\.number) == [1, 2])
            let end = try #require(upload.parts.first?.request.expiresAt)
            #expect(end > world.r2.clock.now.addingTimeInterval(2 * 86_400))
            #expect(upload.expiresAt.map { $0 > end } == true)
            try await world.r2.advanceClock(by: .seconds(2 * 86_400))
            try await world.send(bytes, upload)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `an upload survives encoding and decoding`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let upload = try await world.begin(SampleVideo.mp4())
            let decoded = try JSONDecoder().decode(UploadAttempt.self, from: JSONEncoder().encode(upload))
            #expect(decoded.parts.map(\.request.url) == upload.parts.map(\.request.url))
            #expect(decoded.video == upload.video && decoded.attempt == upload.attempt)
        }
    }

    @Test func `the row reserves bytes until the upload is over`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes)
            #expect(try await world.catalog.uploadUsage(of: UploadWorld.user).openBytes == 4096)
            try await world.send(bytes, upload)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            let usage = try await world.catalog.uploadUsage(of: UploadWorld.user)
            #expect(usage == UploadUsage(storedBytes: 4096))
        }
    }

    @Test func `a new file replaces an old one, which plays until then`() async throws {
        try await UploadWorld.with { world in
            let old = SampleVideo.mp4(seed: 1)
            let new = SampleVideo.mp4(8192, seed: 2)
            let video = try await world.ready(old)
            let upload = try await world.uploads.replace(
                video.id, with: UploadWorld.file(new), token: "second", by: UploadWorld.user)
            try await world.send(new, upload)
            let during = try await world.row(video.id)
            #expect(during.state == .ready && during.objectKey == video.objectKey)
            #expect(try await world.bytes(of: during.objectKey) == old)
            let after = try await world.uploads.complete(video.id, attempt: upload.attempt, by: UploadWorld.user)
            #expect(after.replacedKeys == [video.objectKey])
            try await world.expectReady(video.id, new)
            // The same tokens again: both uploads are over.
            #expect(try await world.begin(old).phase == .ready)
            let again = try await world.uploads.replace(
                video.id, with: UploadWorld.file(new), token: "second", by: UploadWorld.user)
            #expect(again.phase == .ready && again.attempt == upload.attempt)
        }
    }

    @Test func `the flow works on SQLite and with a prefix, in one request, in parts and for a replacement`()
        async throws
    {
        let options = VideoDeliveryOptions(keyPrefix: "app/")
        try await UploadWorld.with(
            options: options, catalog: { try await SQLiteVideoRepository.inMemory(clock: $0) }
        ) { world in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes)
            #expect(video.objectKey.hasPrefix("app/videos/\(video.id)/"))
            try await world.expectReady(video.id, bytes)
            var parts = UploadWorld.inParts
            parts.keyPrefix = "app/"
            let inParts = try world.with(options: parts)
            let other = try await inParts.ready(bytes, token: "parts")
            try await world.expectReady(other.id, bytes)
            let new = SampleVideo.mp4(8192, seed: 2)
            let upload = try await inParts.uploads.replace(
                video.id, with: UploadWorld.file(new), token: "second", by: UploadWorld.user)
            try await world.send(new, upload)
            try await inParts.uploads.complete(video.id, by: UploadWorld.user)
            try await world.expectReady(video.id, new)
        }
    }
}

extension UUID {
    var lowercased: String { uuidString.lowercased() }
}
#endif
