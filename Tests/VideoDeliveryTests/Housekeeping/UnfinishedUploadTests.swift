#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// Uploads that never came, that came and were never completed, and those stuck in their verification.
@Suite struct UnfinishedUploadTests {
    @Test func `an upload that never came expires after the life of its URL and the grace`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.begin(SampleVideo.mp4())
            world.turn(by: .seconds(3600 + 6 * 3600 - 60))
            #expect(try await world.keepHouse()[.expiredUploads]?.done == 0)
            #expect(try await world.row(upload.video).state == .pendingUpload)
            world.turn(by: .seconds(120))
            #expect(try await world.keepHouse()[.expiredUploads]?.done == 1)
            #expect(try await world.row(upload.video).state == .expired)
            #expect(try await world.catalog.uploadUsage(of: UploadWorld.user) == UploadUsage())
        }
    }

    @Test func `a file that arrived and was never completed becomes ready and doesn't expire`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            world.turn(by: UploadWorld.uploadEnd)
            #expect(try await world.keepHouse()[.expiredUploads]?.done == 1)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `an upload in parts that stopped halfway expires, and its parts are gone`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4(Int(PartPlan.minimumPartLength) + 10)
            let upload = try await world.begin(bytes)
            #expect(try await world.send(upload.parts[0], of: bytes) == 200)
            world.turn(by: UploadWorld.uploadEnd)
            try await world.keepHouse()
            #expect(try await world.row(upload.video).state == .expired)
            #expect(try await world.multipartUploads() == 0)
        }
    }

    @Test func `a replacement that never came is canceled, and the old file still plays`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes)
            _ = try await world.uploads.replace(
                video.id, with: UploadWorld.file(SampleVideo.mp4(seed: 2)), token: "new", by: UploadWorld.user)
            world.turn(by: UploadWorld.uploadEnd)
            try await world.keepHouse()
            try await world.expectReady(video.id, bytes)
            world.turn(by: .seconds(2 * 86_400))
            try await world.keepHouse()
            #expect(try await world.row(video.id).replacedKeys == [])
            #expect(try await world.objects() == [video.objectKey])
        }
    }

    @Test func `a video stuck in its verification is completed, but not while a caller may work on it`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            // The process dies when the row is `verifying`, before the copy.
            world.log.watch(Trouble(kind: .deathBefore, call: 4))
            await #expect(throws: (any Error).self) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            world.log.stop()
            #expect(try await world.row(upload.video).state == .verifying)
            try await world.keepHouse()
            #expect(try await world.row(upload.video).state == .verifying)
            world.turn(by: .seconds(1000))
            #expect(try await world.keepHouse()[.verifications]?.done == 1)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `a verification whose file is lost fails for good after its grace`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.upload(SampleVideo.mp4())
            world.log.watch(Trouble(kind: .deathBefore, call: 4))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            try await world.client.delete(ObjectKey(try world.uploadKey(upload)))
            world.turn(by: .seconds(1000))
            #expect(try await world.keepHouse()[.verifications]?.skipped == 1)
            #expect(try await world.row(upload.video).state == .verifying)
            world.turn(by: .seconds(3600))
            #expect(try await world.keepHouse()[.verifications]?.done == 1)
            #expect(try await world.row(upload.video).state == .failed(reason: "uploadLost"))
        }
    }

    @Test func `slow uploads in parts don't keep the step from videos stuck in their verification`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4()
            for token in 0..<3 { _ = try await world.begin(bytes, token: "slow \(token)") }
            let upload = try await world.upload(bytes)
            world.log.watch(Trouble(kind: .deathBefore, call: 4))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            world.turn(by: .seconds(1000))
            let options = VideoHousekeepingOptions(itemsPerStep: 2, batchSize: 1)
            let report = try await world.keepHouse(options)[.verifications]
            #expect(report?.done == 1)
            #expect(report?.skipped == 3)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `a video that another program uploads is left alone`() async throws {
        try await UploadWorld.with { world in
            var new = NewVideo(title: "Other", objectKey: "other/1.mp4", uploadedBy: UploadWorld.user)
            new.uploadExpiresAt = world.r2.clock.now
            let video = try await world.catalog.insert(new)
            world.turn(by: UploadWorld.uploadEnd)
            #expect(try await world.keepHouse()[.expiredUploads]?.skipped == 1)
            #expect(try await world.row(video.id).state == .pendingUpload)
        }
    }
}
#endif
