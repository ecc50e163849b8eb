#if Delivery && Emulator
import Foundation
import HTTPTypes
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import Testing
import VideoCatalog
import VideoDelivery
import VideoEndpoints

@Suite("A day of many people")
struct DayTests {
    /// R2KIT_DAY_COUNT sets the number of days, R2KIT_DAY_STEPS that of their steps, and R2KIT_DAY_SEED repeats one.
    private static let settings: (count: Int, steps: Int, seed: UInt64) = {
        let environment = ProcessInfo.processInfo.environment
        // Otherwise a step is a quarter of an hour.
        let steps = environment["R2KIT_DAY_STEPS"].flatMap(Int.init) ?? 96
        if let seed = environment["R2KIT_DAY_SEED"].flatMap(UInt64.init) { return (1, steps, seed) }
        return (environment["R2KIT_DAY_COUNT"].flatMap(Int.init) ?? 1, steps, UInt64.random(in: 1...1_000_000_000))
    }()

    @Test func `after 24 hours with faults, nothing is left behind and nothing is lost`() async throws {
        let (count, steps, start) = Self.settings
        for seed in (0..<count).map({ start + UInt64($0) }) {
            // Files above 5,000 bytes are sent in parts.
            let delivery = VideoDeliveryOptions(singleRequestLimit: 5000, partSize: PartPlan.minimumPartLength)
            let retry = RetryPolicy(maximumAttempts: 2, baseDelay: .milliseconds(1), maximumDelay: .milliseconds(1))
            try await EndpointWorld.with(delivery: delivery, retry: retry) { world in
                let run = DayRun(seed: seed, world: world)
                await run.live(steps: steps)
                await run.checkVideos()
                try await run.settle()
                try await run.checkBucket()
                let (problems, trace, statuses) = await (run.problems, run.trace, run.statuses)
                if count > 1 { print("day: seed \(seed), responses \(statuses.sorted { $0.key < $1.key })") }
                #expect(statuses[200, default: 0] > 20, "seed \(seed)")
                if !problems.isEmpty {
                    let settings = "R2KIT_DAY_SEED=\(seed) R2KIT_DAY_STEPS=\(steps)"
                    Issue.record("\(settings)\n\((problems + trace).joined(separator: "\n"))")
                }
            }
        }
    }
}

extension DayRun {
    /// Checks that every acknowledged video can be played, at the end of the day.
    func checkVideos() async {
        for (index, slot) in slots.enumerated() where slot.isAcknowledged && !slot.isDeleted {
            guard let video = slot.video,
                let playback = await send(index, .get, "/videos/\(video)/playback"),
                let url = playback.object["url"] as? String, let file = try? await world.get(url), file.status == 200,
                slot.files.contains(file.body)
            else {
                fail("slot \(index), an acknowledged video, is lost")
                continue
            }
        }
    }

    /// Lets the time of all delays pass, and keeps house, without faults.
    func settle() async throws {
        // A row that never goes, because nothing is removed from a bucket whose catalog is empty.
        var other = NewVideo(title: "Other", objectKey: "other", uploadedBy: "other")
        other.state = .expired
        try await world.catalog.insert(other)
        let housekeeping = VideoHousekeeping(world.uploads, options: VideoHousekeepingOptions(maximumOrphanShare: 1))
        var marks = OrphanMarks()
        for days in [1, 4, 9, 31, 9] {
            world.r2.clock.advance(by: .seconds(days * 86_400))
            for report in try await housekeeping.runOnce().reports {
                if let error = report.error { fail("\(report.step) failed: \(error)") }
                for failure in report.failures { fail("\(report.step) of \(failure.item) failed: \(failure.error)") }
            }
            let result = try await housekeeping.reconcile(marks, removing: true)
            marks = result.marks
            if let stop = result.removalStop { fail(stop) }
            for file in result.wrongFiles { fail("\(file.video) \(file.objectKey) \(file.problem)") }
        }
    }

    /// Checks that the bucket has the files of the videos that are left, and nothing else.
    func checkBucket() async throws {
        var objects: Set<String> = []
        for try await object in world.client.list() { objects.insert(object.key.rawValue) }
        var stored: [UserID: Int64] = [:]
        for try await row in world.catalog.allVideos(matching: VideoQuery(deletion: .any)) {
            if row.isDeleted { fail("\(row.id) is deleted and wasn't purged") }
            if row.replacement != nil || !row.replacedKeys.isEmpty { fail("\(row.id) has files of replacements") }
            switch row.state {
            case .ready:
                if objects.remove(row.objectKey) == nil { fail("the file of \(row.id) is lost") }
                stored[row.uploadedBy, default: 0] += row.byteSize ?? 0
            case .failed, .expired: break
            case .pendingUpload, .uploading, .verifying: fail("\(row.id) is still \(row.state)")
            }
        }
        if !objects.isEmpty { fail("objects without a row: \(objects.sorted())") }
        for try await upload in world.client.listMultipartUploads() { fail("left: \(upload)") }
        for user in stored.keys {
            let usage = try await world.catalog.uploadUsage(of: user)
            if usage.openUploads != 0 || usage.openBytes != 0 || usage.storedBytes != stored[user] {
                fail("the usage of \(user) is \(usage)")
            }
        }
        for (index, slot) in slots.enumerated() where slot.isAcknowledged && !slot.isDeleted {
            let id = slot.video.flatMap { Video.ID($0) }
            guard let id, let row = try await world.catalog.video(id: id), row.state == .ready else {
                fail("slot \(index), an acknowledged video, is lost after the day")
                continue
            }
        }
    }
}
#endif
