#if Delivery && Emulator
import Logging
import R2Emulator
import R2Kit
import R2Storage
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import VideoCatalog
import VideoDelivery

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Passes as a whole: failures, workers and the service.
@Suite struct PassTests {
    /// Makes uploads that expire, each with its key.
    private func expired(_ count: Int, in world: UploadWorld) async throws -> [UploadAttempt] {
        var uploads: [UploadAttempt] = []
        for token in 0..<count { uploads.append(try await world.begin(SampleVideo.mp4(), token: "\(token)")) }
        world.turn(by: UploadWorld.uploadEnd)
        return uploads
    }

    @Test func `a failure of one item doesn't stop the others, and the item backs off more each time`() async throws {
        try await UploadWorld.with { world in
            let uploads = try await expired(3, in: world)
            let bad = try world.uploadKey(uploads[1])
            world.r2.removeFaults()
            world.r2.inject(.internalError, count: .max, into: .operation("HeadObject", key: bad))
            let housekeeping = world.housekeeping(
                VideoHousekeepingOptions(failureDelay: .seconds(60), maximumFailureDelay: .seconds(200)))
            func report() async throws -> HousekeepingPass.StepReport {
                try #require(try await housekeeping.runOnce()[.expiredUploads])
            }
            let first = try await report()
            #expect(first.done == 2)
            #expect(first.failures.map(\.item) == ["\(uploads[1].video)"])
            // The pauses are 60, 120 and 200 seconds.
            for pause in [60, 120, 200, 200] {
                #expect(try await report().skipped == 1)
                world.turn(by: .seconds(pause - 5))
                #expect(try await report().skipped == 1)
                world.turn(by: .seconds(10))
                #expect(try await report().failures.count == 1)
            }
            world.r2.removeFaults()
            world.turn(by: .seconds(300))
            #expect(try await report().done == 1)
        }
    }

    @Test func `a step stops at its limit, and the next pass continues`() async throws {
        try await UploadWorld.with { world in
            _ = try await expired(5, in: world)
            let options = VideoHousekeepingOptions(itemsPerStep: 3, batchSize: 2)
            let first = try await world.keepHouse(options)[.expiredUploads]
            #expect(first?.done == 3)
            #expect(first?.hasMore == true)
            let second = try await world.keepHouse(options)[.expiredUploads]
            #expect(second?.done == 2)
            #expect(second?.hasMore == false)
        }
    }

    @Test func `items that wait after a failure don't use up the limit`() async throws {
        try await UploadWorld.with { world in
            var uploads: [UploadAttempt] = []
            for token in 0..<5 {
                uploads.append(try await world.begin(SampleVideo.mp4(), token: "\(token)"))
                world.turn(by: .seconds(1))
            }
            world.turn(by: UploadWorld.uploadEnd)
            world.r2.removeFaults()
            for upload in uploads[..<2] {
                let key = try world.uploadKey(upload)
                world.r2.inject(.internalError, count: .max, into: .operation("HeadObject", key: key))
            }
            let housekeeping = world.housekeeping(VideoHousekeepingOptions(itemsPerStep: 2, batchSize: 2))
            func report() async throws -> HousekeepingPass.StepReport {
                try #require(try await housekeeping.runOnce()[.expiredUploads])
            }
            let first = try await report()
            #expect(first.failures.map(\.item) == uploads[..<2].map { "\($0.video)" })
            #expect(first.done == 2 && first.hasMore)
            let second = try await report()
            #expect(second.skipped == 2 && second.done == 1 && !second.hasMore)
        }
    }

    @Test func `workers share the work, and none does it twice`() async throws {
        try await UploadWorld.with { world in
            let uploads = try await expired(20, in: world)
            let done = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        let pass = try await world.keepHouse(VideoHousekeepingOptions(batchSize: 3))
                        return pass[.expiredUploads]?.done ?? 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(done == 20)
            for upload in uploads { #expect(try await world.row(upload.video).state == .expired) }
        }
    }

    @Test func `a catalog that can't be reached is reported by each step`() async throws {
        try await UploadWorld.with { world in
            let watched = try world.withWatchedCatalog()
            world.log.watch(Trouble(kind: .deathBefore, call: 1))
            let pass = try await watched.housekeeping().runOnce()
            #expect(pass.reports.map(\.step) == HousekeepingPass.Step.all)
            #expect(pass.reports.allSatisfy { $0.error != nil })
        }
    }

    @Test func `a client that asks for more parts at the last moment keeps its upload`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4(Int(PartPlan.minimumPartLength) + 10)
            let upload = try await world.begin(bytes)
            world.turn(by: UploadWorld.uploadEnd)
            // The row changes after it was claimed: here, while R2 is asked what has arrived.
            let catalog = world.catalog
            let extended = Mutex(false)
            let interloper = ActionOnRead {
                let isFirst = extended.withLock { extended in
                    defer { extended = true }
                    return !extended
                }
                guard isFirst else { return }
                try await catalog.update(upload.video) { $0.uploadExpiresAt = world.r2.clock.now + 3600 }
            }
            let uploads = try VideoUploads(
                catalog: InterceptedCatalog(catalog: catalog, interceptor: interloper), client: world.client,
                options: world.uploads.options,
                clock: { world.r2.clock.now })
            let report = try await VideoHousekeeping(uploads).runOnce()[.expiredUploads]
            #expect(report?.skipped == 1)
            #expect(try await world.row(upload.video).state == .uploading)
            #expect(try await world.multipartUploads() == 1)
        }
    }

    @Test func `the service runs passes until a graceful shutdown`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.begin(SampleVideo.mp4())
            let (pauses, continuation) = AsyncStream.makeStream(of: Void.self)
            let housekeeping = VideoHousekeeping(world.uploads) { pause in
                #expect(pause > .seconds(239) && pause < .seconds(361))
                world.turn(by: .seconds(5 * 3600))
                continuation.yield()
                if try await world.row(upload.video).state == .expired { try await Task.sleep(for: .onBusyMachine) }
            }
            let group = ServiceGroup(
                configuration: .init(services: [.init(service: housekeeping)], logger: Logger(label: "test")))
            async let running: Void = group.run()
            for await _ in pauses {
                if try await world.row(upload.video).state == .expired { break }
            }
            await group.triggerGracefulShutdown()
            try await running
            #expect(try await world.row(upload.video).state == .expired)
        }
    }

    @Test func `a service whose task is canceled returns and releases its claims`() async throws {
        try await UploadWorld.with { world in
            let uploads = try await expired(2, in: world)
            let (started, continuation) = AsyncStream.makeStream(of: Void.self)
            let waiting = ActionOnRead {
                continuation.yield()
                try await Task.sleep(for: .onBusyMachine)
            }
            let held = try VideoUploads(
                catalog: InterceptedCatalog(catalog: world.catalog, interceptor: waiting), client: world.client,
                options: world.uploads.options,
                clock: { world.r2.clock.now })
            let task = Task { try await VideoHousekeeping(held).run() }
            for await _ in started { break }
            task.cancel()
            try await task.value
            #expect(try await world.keepHouse()[.expiredUploads]?.done == uploads.count)
        }
    }
}

/// Something else that happens whenever a video is read.
private struct ActionOnRead: CatalogInterceptor {
    let action: @Sendable () async throws -> Void

    func call<Result: Sendable>(
        _ name: String, isChange: Bool, _ body: () async throws -> Result
    ) async throws -> Result {
        let result = try await body()
        if name == "video" { try await action() }
        return result
    }
}
#endif
