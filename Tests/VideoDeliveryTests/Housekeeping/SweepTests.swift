#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Files that arrive after their upload has ended, and multipart uploads that nobody uses.
@Suite struct SweepTests {
    @Test func `a PUT that lands after its upload expired is swept`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.begin(SampleVideo.mp4())
            world.turn(by: .seconds(8 * 3600))
            try await world.keepHouse()
            #expect(try await world.row(upload.video).state == .expired)
            try await world.store(world.uploadKey(upload))
            world.turn(by: .seconds(3600))
            try await world.keepHouse()
            #expect(try await world.objects().count == 1)
            world.turn(by: UploadWorld.uploadEnd)
            #expect(try await world.keepHouse()[.lateUploads]?.done == 1)
            #expect(try await world.objects() == [])
        }
    }

    @Test func `a row that can't be read keeps its late files, and stops no other sweep`() async throws {
        try await UploadWorld.with { world in
            let unreadable = try await world.begin(SampleVideo.mp4(), token: "unreadable")
            let other = try await world.begin(SampleVideo.mp4(seed: 2), token: "other")
            world.turn(by: .seconds(8 * 3600))
            try await world.keepHouse()
            for upload in [unreadable, other] { try await world.store(world.uploadKey(upload)) }
            let memory = try #require(world.catalog as? InMemoryVideoRepository)
            await memory.makeUnreadable(unreadable.video, column: "title")
            world.turn(by: UploadWorld.uploadEnd)
            let report = try await world.keepHouse()[.lateUploads]
            #expect(report?.done == 1 && report?.unreadable.map(\.id) == [unreadable.video] && report?.error == nil)
            #expect(try await world.objects() == [try world.uploadKey(unreadable)])
        }
    }

    @Test func `the marker of a canceled upload stays until no URL can store anything`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes, transport: .background)
            #expect(try await world.uploads.cancel(upload.video, by: UploadWorld.user) == .canceled)
            let request = try #require(upload.request)
            for _ in 0..<2 {
                world.turn(by: .seconds(86_400))
                try await world.keepHouse()
                #expect(try await world.send(request, bytes) == 412)
            }
            world.turn(by: UploadWorld.uploadEnd)
            try await world.keepHouse()
            #expect(try await world.objects() == [])
            #expect(try await world.send(request, bytes) == 403)
        }
    }

    @Test func `a replayed URL of a ready video is swept, and the video stays ready`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            let video = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.send(bytes, upload)
            #expect(try await world.objects().count == 2)
            world.turn(by: UploadWorld.uploadEnd)
            try await world.keepHouse()
            #expect(try await world.objects() == [video.objectKey])
            try await world.expectReady(video.id, bytes)
        }
    }

    @Test func `a file that its row awaits, and what isn't ours, is never swept`() async throws {
        try await UploadWorld.with(
            options: VideoDeliveryOptions(uploadGrace: .seconds(30 * 86_400))
        ) { world in
            let upload = try await world.upload(SampleVideo.mp4())
            let strange = ["uploads/readme.txt", "uploads/\(upload.video)/other", "uploads.txt"]
            for key in strange { try await world.store(key) }
            // The age alone would allow it.
            let impatient = try world.with(options: VideoDeliveryOptions(uploadGrace: .seconds(1)))
            world.turn(by: .seconds(10 * 86_400))
            try await impatient.keepHouse()
            #expect(Set(try await world.objects()) == Set(strange + [try world.uploadKey(upload)]))
        }
    }

    @Test func `an object without any row is left to reconciliation`() async throws {
        try await UploadWorld.with { world in
            let key = try world.uploads.keys.upload(of: .make(), attempt: .init()).rawValue
            try await world.store(key)
            world.turn(by: .seconds(20 * 86_400))
            #expect(try await world.keepHouse()[.lateUploads]?.skipped == 1)
            #expect(try await world.objectExists(key))
        }
    }

    @Test func `a multipart upload that its row doesn't name is aborted by age, and the named one stays`() async throws
    {
        var options = VideoDeliveryOptions(singleRequestLimit: 0)
        options.urlLifetime = .seconds(3 * 86_400)
        try await UploadWorld.with(options: options) { world in
            let upload = try await world.begin(SampleVideo.mp4())
            let file = try ObjectKey(world.fileKey(upload))
            let forgotten = try await world.client.createMultipartUpload(file)
            let strange = try await world.client.createMultipartUpload(ObjectKey("videos/other"))
            try await world.keepHouse()
            #expect(try await world.multipartUploads() == 3)
            world.turn(by: .seconds(86_400 + 60))
            #expect(try await world.keepHouse()[.staleMultipartUploads]?.done == 1)
            var left: [UploadID] = []
            for try await upload in world.client.listMultipartUploads() { left.append(upload.uploadID) }
            #expect(left.count == 2)
            #expect(!left.contains(forgotten))
            #expect(left.contains(strange))
        }
    }

    @Test func `a list longer than a pass is continued by the next`() async throws {
        try await UploadWorld.with { world in
            for token in 0..<5 {
                let upload = try await world.begin(SampleVideo.mp4(), token: "\(token)")
                _ = try await world.uploads.cancel(upload.video, by: UploadWorld.user)
            }
            world.turn(by: UploadWorld.uploadEnd)
            let housekeeping = world.housekeeping(VideoHousekeepingOptions(itemsPerStep: 2))
            var reports: [HousekeepingPass.StepReport] = []
            while reports.last?.hasMore ?? true {
                reports.append(try #require(try await housekeeping.runOnce()[.lateUploads]))
                try #require(reports.count < 20)
            }
            #expect(reports.count > 1)
            #expect(reports.reduce(0) { $0 + $1.done } == 5)
            #expect(try await world.objects() == [])
        }
    }
}
#endif
