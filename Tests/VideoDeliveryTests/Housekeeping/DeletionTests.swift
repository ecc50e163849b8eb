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

    /// Replaces the file of a video.
    private func replace(_ video: Video, _ world: UploadWorld) async throws -> Video {
        let bytes = SampleVideo.mp4(seed: 2)
        let upload = try await world.uploads.replace(
            video.id, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
        try await world.send(bytes, upload)
        return try await world.uploads.complete(video.id, by: UploadWorld.user)
    }

    @Test func `what was made from a replaced file leaves the row at once, and the bucket with the file`() async throws
    {
        try await UploadWorld.with { world in
            let old = try await world.ready()
            let video = world.uploads.keys.prefix(of: old.id)
            let folder = String(old.objectKey.dropLast("file".count))
            let old1 = ["\(folder)hls/main.m3u8", "\(folder)hls/1.ts", "\(folder)thumbnail.jpg"]
            let old2 = ["\(video)dash/main.m3u8", "\(video)dash/1.ts"]
            let kept = ["\(video)hls2/main.m3u8", "\(video)poster.jpg", "shared/main.m3u8"]
            for key in old1 + old2 + kept { try await world.store(key) }
            try await world.catalog.update(old.id) { row in
                row.thumbnailKey = old1[2]
                row.renditions = [
                    Video.Rendition(kind: "hls", key: old1[0]), Video.Rendition(kind: "second", key: old2[0]),
                    Video.Rendition(kind: "third", key: kept[2]),
                ]
            }
            let new = try await replace(old, world)
            #expect(new.renditions == [] && new.thumbnailKey == nil)
            #expect(new.replacedKeys == [old2[0], old.objectKey])
            // The app makes another stream of the new file.
            try await world.catalog.update(old.id) { row in
                row.renditions = [Video.Rendition(kind: "hls", key: kept[0])]
                row.thumbnailKey = kept[1]
            }
            #expect(try await world.keepHouse()[.replacedObjects]?.done == 0)
            #expect(try await world.objectExists(old1[1]))
            world.turn(by: .seconds(87_000))
            #expect(try await world.keepHouse()[.replacedObjects]?.done == 1)
            #expect(Set(try await world.objects()) == Set(kept + [new.objectKey]))
            #expect(try await world.row(old.id).replacedKeys == [])
        }
    }

    @Test func `a replacement keeps a picture of the video, and a stream that the app has made of the new file`()
        async throws
    {
        try await UploadWorld.with { world in
            let old = try await world.ready()
            let bytes = SampleVideo.mp4(seed: 2)
            let upload = try await world.uploads.replace(
                old.id, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
            let new = String(try world.fileKey(upload).dropLast("file".count))
            let stream = Video.Rendition(kind: "hls", key: "\(new)hls/main.m3u8")
            try await world.catalog.update(old.id) { row in
                row.thumbnailKey = "covers/1.jpg"
                row.renditions = [Video.Rendition(kind: "mp4", key: old.objectKey), stream]
            }
            try await world.send(bytes, upload)
            let row = try await world.uploads.complete(old.id, by: UploadWorld.user)
            #expect(row.renditions == [stream] && row.thumbnailKey == "covers/1.jpg")
            #expect(row.replacedKeys == [old.objectKey])
        }
    }

    @Test func `a folder that holds what the row needs loses the replaced object only`() async throws {
        try await UploadWorld.with { world in
            let old = try await world.ready()
            let video = world.uploads.keys.prefix(of: old.id)
            let keys = ["hls/v1/main.m3u8", "hls/v1/1.ts", "hls/v2/main.m3u8", "hls/main.m3u8"].map { "\(video)\($0)" }
            for key in keys { try await world.store(key) }
            try await world.catalog.update(old.id) { $0.renditions = [Video.Rendition(kind: "hls", key: keys[0])] }
            let new = try await replace(old, world)
            // The segments of this playlist may be anywhere below its folder.
            try await world.catalog.update(old.id) { $0.renditions = [Video.Rendition(kind: "hls", key: keys[3])] }
            world.turn(by: .seconds(87_000))
            #expect(try await world.keepHouse()[.replacedObjects]?.done == 1)
            #expect(Set(try await world.objects()) == Set(keys.dropFirst() + [new.objectKey]))
        }
    }

    @Test func `a key that the app used twice isn't deleted while the row names it`() async throws {
        try await UploadWorld.with { world in
            let old = try await world.ready()
            let key = "\(world.uploads.keys.prefix(of: old.id))hls/main.m3u8"
            try await world.store(key)
            try await world.catalog.update(old.id) { $0.renditions = [Video.Rendition(kind: "hls", key: key)] }
            let new = try await replace(old, world)
            #expect(new.replacedKeys.contains(key))
            try await world.catalog.update(old.id) { $0.renditions = [Video.Rendition(kind: "hls", key: key)] }
            world.turn(by: .seconds(87_000))
            try await world.keepHouse()
            #expect(Set(try await world.objects()) == [new.objectKey, key])
            #expect(try await world.row(old.id).replacedKeys == [key])
            // It goes once the row doesn't name it anymore.
            try await world.catalog.update(old.id) { $0.renditions = [] }
            world.turn(by: .seconds(87_000))
            try await world.keepHouse()
            #expect(try await world.objects() == [new.objectKey])
            #expect(try await world.row(old.id).replacedKeys == [])
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
