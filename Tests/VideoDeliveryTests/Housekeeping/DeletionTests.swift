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

/// Deleted videos and replaced files.
@Suite struct DeletionTests {
    @Test func `a replaced file stays for the viewers who play it, and is deleted then`() async throws {
        try await UploadWorld.with { world in
            let old = try await world.ready()
            let bytes = SampleVideo.mp4(seed: 2)
            let upload = try await world.uploads.replace(
                old.id, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
            try await world.send(bytes, upload)
            let new = try await world.uploads.complete(old.id, by: UploadWorld.user)
            world.turn(by: .seconds(86_000))
            #expect(try await world.keepHouse()[.replacedObjects]?.done == 0)
            #expect(try await world.objectExists(old.objectKey))
            world.turn(by: .seconds(1000))
            #expect(try await world.keepHouse()[.replacedObjects]?.done == 1)
            #expect(try await world.objects() == [new.objectKey])
            #expect(try await world.row(old.id).replacedKeys == [])
            try await world.expectReady(old.id, bytes)
        }
    }

    @Test func `a video is deleted on its date, and purged with all its objects`() async throws {
        try await UploadWorld.with { world in
            let video = try await world.ready()
            let prefix = world.uploads.keys.prefix(of: video.id)
            let others = ["\(prefix)hls/main.m3u8", "\(prefix)hls/1.ts", "thumbnails/1.jpg"]
            for key in others { try await world.store(key) }
            try await world.store("thumbnails/2.jpg")
            _ = try await world.client.createMultipartUpload(ObjectKey("\(prefix)hls/2.ts"))
            let date = world.r2.clock.now + 3600
            try await world.catalog.update(video.id) { row in
                row.thumbnailKey = others[2]
                row.renditions = [Video.Rendition(kind: "hls", key: others[0])]
                row.deleteAfter = date
            }
            world.turn(by: .seconds(3700))
            #expect(try await world.keepHouse()[.deletions]?.done == 1)
            #expect(try await world.row(video.id).isDeleted)
            world.turn(by: .seconds(29 * 86_400))
            try await world.keepHouse()
            #expect(try await world.objects().count == 5)
            world.turn(by: .seconds(86_400 + 60))
            #expect(try await world.keepHouse()[.purges]?.done == 1)
            #expect(try await world.catalog.video(id: video.id, includingDeleted: true) == nil)
            #expect(try await world.objects() == ["thumbnails/2.jpg"])
            #expect(try await world.multipartUploads() == 0)
        }
    }

    @Test func `what another video uses survives a purge, with its folder`() async throws {
        try await UploadWorld.with { world in
            let video = try await world.ready(token: "one")
            let other = try await world.ready(SampleVideo.mp4(seed: 3), token: "two")
            let prefix = world.uploads.keys.prefix(of: video.id)
            let shared = ["\(prefix)hls/1.ts", "\(prefix)hls/main.m3u8"]
            for key in shared { try await world.store(key) }
            for id in [video.id, other.id] {
                try await world.catalog.update(id) { $0.renditions = [Video.Rendition(kind: "hls", key: shared[1])] }
            }
            try await world.catalog.delete(video.id)
            world.turn(by: .seconds(31 * 86_400))
            #expect(try await world.keepHouse()[.purges]?.done == 1)
            #expect(Set(try await world.objects()) == Set(shared + [other.objectKey]))
        }
    }

    @Test func `a deleted video isn't purged before its URLs have expired, however short the delay`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.begin(SampleVideo.mp4(), transport: .background)
            _ = try await world.uploads.cancel(upload.video, by: UploadWorld.user)
            let options = VideoHousekeepingOptions(purgeDelay: .zero)
            world.turn(by: .seconds(3 * 86_400))
            #expect(try await world.keepHouse(options)[.purges]?.done == 0)
            world.turn(by: .seconds(86_400))
            #expect(try await world.keepHouse(options)[.purges]?.done == 1)
            #expect(try await world.objects() == [])
        }
    }

    @Test func `a purge that dies after any call is finished by the next pass`() async throws {
        var isOver = false
        var call = 0
        while !isOver {
            call += 1
            try await UploadWorld.with { world in
                let video = try await world.ready()
                try await world.catalog.delete(video.id)
                world.turn(by: .seconds(31 * 86_400))
                let watched = try world.withWatchedCatalog()
                world.log.watch(Trouble(kind: .deathAfter, call: call))
                _ = try await watched.housekeeping().runOnce()
                isOver = world.log.calls.count < call
                world.log.stop()
                // The claims of the dead worker end.
                world.turn(by: .seconds(3600))
                try await world.keepHouse()
                #expect(try await world.catalog.video(id: video.id, includingDeleted: true) == nil)
                #expect(try await world.objects() == [])
            }
        }
        #expect(call > 5)
    }
}
#endif
