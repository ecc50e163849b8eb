#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// New files for videos that have one.
@Suite struct UploadReplacementTests {
    @Test func `a replacement whose values have no room in the metadata is an invalid argument`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes)
            try await world.fillMetadata(of: video.id)
            let row = try await world.row(video.id)
            let error = await expectError(.invalidArgument) {
                _ = try await world.uploads.replace(
                    video.id, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
            }
            #expect(error?.message.contains("metadata") == true)
            #expect(try await world.row(video.id) == row)
        }
    }

    @Test func `the name and the fingerprint of a file are its own until the next one is in place`() async throws {
        try await UploadWorld.with { world in
            func names(_ video: Video.ID) async throws -> [String?] {
                let row = try await world.row(video)
                #expect(row.upload != nil || !row.metadata.keys.contains { $0.hasPrefix("upload.replacement.") })
                return [row.metadata["upload.fileName"], row.metadata["upload.fingerprint"]]
            }
            let bytes = SampleVideo.mp4()
            let first = try await world.uploads.begin(
                UploadWorld.file(bytes, name: "old.mp4", fingerprint: "old"), title: "t", token: "t",
                by: UploadWorld.user)
            try await world.send(bytes, first)
            let video = try await world.uploads.complete(first.video, by: UploadWorld.user).id
            func replace(_ bytes: [UInt8], _ token: String, _ fingerprint: String?) async throws -> UploadAttempt {
                try await world.uploads.replace(
                    video, with: UploadWorld.file(bytes, name: "\(token).mp4", fingerprint: fingerprint), token: token,
                    by: UploadWorld.user)
            }
            _ = try await replace(bytes, "canceled", "canceled")
            #expect(try await names(video) == ["old.mp4", "old"])
            try await world.uploads.cancel(video, by: UploadWorld.user)
            #expect(try await names(video) == ["old.mp4", "old"])
            let bad = SampleVideo.text()
            try await world.send(bad, try await replace(bad, "failed", nil))
            await expectError(.verificationFailed) { try await world.uploads.complete(video, by: UploadWorld.user) }
            #expect(try await names(video) == ["old.mp4", "old"])
            let upload = try await replace(bytes, "new", "new")
            await expectError(.differentFile) { _ = try await replace(bytes, "new", "old") }
            #expect(try await replace(bytes, "new", "new").attempt == upload.attempt)
            try await world.send(bytes, upload)
            try await world.uploads.complete(video, by: UploadWorld.user)
            #expect(try await names(video) == ["new.mp4", "new"])
            await expectError(.differentFile) { _ = try await replace(bytes, "new", "old") }
            // A replacement without a fingerprint leaves none.
            try await world.send(bytes, try await replace(bytes, "last", nil))
            try await world.uploads.complete(video, by: UploadWorld.user)
            #expect(try await names(video) == ["last.mp4", nil])
        }
    }

    @Test func `a file is replaced again when earlier ones have been deleted`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes).id
            let limit = RepositorySupport.Limits.replacedKeyCount
            try await world.catalog.update(video) { $0.replacedKeys = (0..<limit).map { "videos/old/\($0)" } }
            func replace() async throws -> UploadAttempt {
                try await world.uploads.replace(
                    video, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
            }
            let error = await expectError(.invalidState) { _ = try await replace() }
            #expect(error?.message.contains("housekeeping") == true)
            try await world.catalog.deleteReplacedObjects { try await world.client.delete(ObjectKey($0)) }
            #expect(try await replace().phase == .waiting)
        }
    }

    @Test func `a replacement waits for its turn, and needs a file that can be replaced`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let pending = try await world.begin(bytes, token: "pending")
            func replace(_ video: Video.ID, _ token: String) async throws -> UploadAttempt {
                try await world.uploads.replace(
                    video, with: UploadWorld.file(bytes), token: token, by: UploadWorld.user)
            }
            await expectError(.invalidState) { _ = try await replace(pending.video, "new") }
            let video = try await world.ready(bytes).id
            let first = try await replace(video, "first")
            #expect(try await replace(video, "first").attempt == first.attempt)
            await expectError(.uploadInProgress) { _ = try await replace(video, "second") }
            await expectError(.differentFile) {
                _ = try await world.uploads.replace(
                    video, with: UploadWorld.file(SampleVideo.mp4(5000)), token: "first", by: UploadWorld.user)
            }
            #expect(try await world.uploads.cancel(video, by: UploadWorld.user) == .canceled)
            await expectError(.uploadCanceled) { _ = try await replace(video, "first") }
            await expectError(.superseded) {
                try await world.uploads.complete(video, attempt: first.attempt, by: UploadWorld.user)
            }
            #expect(try await replace(video, "second").phase == .waiting)
        }
    }
}
#endif
