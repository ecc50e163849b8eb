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

/// The comparison of the bucket with the catalog.
@Suite struct ReconciliationTests {
    /// Stores objects of every kind that belong to a video or aren't ours.
    private func storeOthers(of video: Video, in world: UploadWorld) async throws -> Set<String> {
        let keys = [
            "\(world.uploads.keys.prefix(of: video.id))hls/1.ts", "videos/plain.mp4", "videos/folder/a.mp4",
            "uploads/readme", "else/\(Video.ID.make())/file",
        ]
        for key in keys { try await world.store(key) }
        return Set(keys)
    }

    @Test func `an orphan is reported, and removed by a second look after the delay only`() async throws {
        try await UploadWorld.with { world in
            let video = try await world.ready()
            let others = try await storeOthers(of: video, in: world)
            let orphans = [
                try world.uploads.keys.file(of: .make(), attempt: UUID()).rawValue,
                try world.uploads.keys.file(of: video.id, attempt: UUID()).rawValue,
                try world.uploads.keys.upload(of: .make(), attempt: UUID()).rawValue,
                "\(world.uploads.keys.prefix(of: .make()))hls/2.ts",
            ]
            for key in orphans { try await world.store(key) }
            let all = Set(try await world.objects())
            let housekeeping = world.housekeeping()
            let first = try await housekeeping.reconcile(removing: true)
            #expect(Set(first.orphans.map(\.key)) == Set(orphans))
            #expect(first.orphanCount == 4)
            #expect(first.unknownObjectCount == 3)
            #expect(first.videoCount == 1)
            #expect(first.wrongFiles == [])
            #expect(first.removed == [])
            world.turn(by: .seconds(7 * 86_400))
            let second = try await housekeeping.reconcile(first.marks, removing: true)
            #expect(second.removed == [])
            world.turn(by: .seconds(86_400))
            // One is stored again meanwhile, so that it isn't the object that was marked.
            try await world.store(orphans[2], [9])
            let report = try await housekeeping.reconcile(second.marks)
            #expect(report.removed == [])
            #expect(Set(try await world.objects()) == all)
            let saved = try JSONDecoder().decode(OrphanMarks.self, from: JSONEncoder().encode(report.marks))
            let third = try await housekeeping.reconcile(saved, removing: true)
            #expect(Set(third.removed) == Set(orphans).subtracting([orphans[2]]))
            #expect(third.marks.count == 1)
            #expect(Set(try await world.objects()) == all.subtracting(third.removed))
            #expect(others.isSubset(of: all.subtracting(third.removed)))
        }
    }

    @Test func `an object that gets a row after it was marked is never removed`() async throws {
        try await UploadWorld.with { world in
            _ = try await world.ready()
            let stray = try world.uploads.keys.file(of: .make(), attempt: UUID()).rawValue
            try await world.store(stray)
            let first = try await world.housekeeping().reconcile()
            #expect(first.orphanCount == 1)
            // As an app that copies rows into a new catalog.
            try await world.catalog.insert(NewVideo(title: "Old", objectKey: stray, uploadedBy: UploadWorld.user))
            world.turn(by: .seconds(9 * 86_400))
            let second = try await world.housekeeping().reconcile(first.marks, removing: true)
            #expect(second.orphanCount == 0)
            #expect(second.removed == [])
        }
    }

    @Test func `objects that rows of other videos name aren't orphaned`() async throws {
        try await UploadWorld.with { world in
            let video = try await world.ready()
            let playlist = "\(world.uploads.keys.prefix(of: .make()))main.m3u8"
            try await world.store(playlist)
            try await world.catalog.update(video.id) { $0.renditions = [Video.Rendition(kind: "hls", key: playlist)] }
            #expect(try await world.housekeeping().reconcile().orphanCount == 0)
        }
    }

    @Test func `nothing is removed if too much looks orphaned, or if the catalog is empty`() async throws {
        try await UploadWorld.with { world in
            let lonely = try world.with(catalog: InMemoryVideoRepository(clock: { world.r2.clock.now }))
            for token in 0..<4 { _ = try await world.ready(token: "\(token)") }
            let options = VideoHousekeepingOptions(maximumOrphanShare: 0.5, toleratedOrphanCount: 2)
            var marks = try await lonely.housekeeping(options).reconcile().marks
            world.turn(by: .seconds(9 * 86_400))
            var result = try await lonely.housekeeping(options).reconcile(marks, removing: true)
            #expect(result.removalStop?.contains("empty") == true)
            _ = try await lonely.ready(token: "other")
            result = try await lonely.housekeeping(options).reconcile(marks, removing: true)
            #expect(result.removalStop?.contains("4 of 5") == true)
            #expect(result.removed == [])
            #expect(try await world.objects().count == 5)
            // The right catalog finds the one object that isn't its own.
            marks = try await world.housekeeping(options).reconcile().marks
            #expect(marks.count == 1)
        }
    }

    @Test func `nothing is removed while a row can't be read`() async throws {
        try await UploadWorld.with { world in
            let video = try await world.ready()
            try await world.store(try world.uploads.keys.file(of: .make(), attempt: UUID()).rawValue)
            let memory = try #require(world.catalog as? InMemoryVideoRepository)
            let marks = try await world.housekeeping().reconcile().marks
            world.turn(by: .seconds(9 * 86_400))
            await memory.makeUnreadable(video.id, column: "title")
            let result = try await world.housekeeping().reconcile(marks, removing: true)
            #expect(result.orphanCount == 1)
            #expect(result.removed == [])
            #expect(result.removalStop?.contains("\(video.id)") == true)
        }
    }

    @Test func `ready videos whose file is missing or has changed are reported`() async throws {
        try await UploadWorld.with { world in
            let missing = try await world.ready(token: "missing")
            let changed = try await world.ready(SampleVideo.mp4(seed: 2), token: "changed")
            let deleted = try await world.ready(SampleVideo.mp4(seed: 3), token: "deleted")
            _ = try await world.ready(SampleVideo.mp4(seed: 4), token: "fine")
            for video in [missing, deleted] { try await world.client.delete(ObjectKey(video.objectKey)) }
            try await world.store(changed.objectKey)
            try await world.catalog.delete(deleted.id)
            let found = try await world.housekeeping().reconcile().wrongFiles
            #expect(found.count == 2)
            #expect(found.first { $0.video == missing.id }?.problem == .missing)
            #expect(found.first { $0.video == changed.id }?.problem == .changed)
        }
    }

    @Test func `the service reconciles at its own interval and removes what it marked`() async throws {
        try await UploadWorld.with { world in
            _ = try await world.ready()
            let stray = try world.uploads.keys.file(of: .make(), attempt: UUID()).rawValue
            try await world.store(stray)
            let options = VideoHousekeepingOptions(
                reconciliationInterval: .seconds(86_400), removesOrphans: true, orphanDelay: .seconds(2 * 86_400))
            let pauses = CallLog()
            pauses.watch(nil)
            let housekeeping = VideoHousekeeping(world.uploads, options: options) { _ in
                _ = pauses.note("pause")
                if pauses.calls.count == 8 { throw CancellationError() }
                world.turn(by: .seconds(12 * 3600))
            }
            try await housekeeping.run()
            #expect(try await !world.objectExists(stray))
            #expect(try await world.objects().count == 1)
        }
    }
}
#endif
