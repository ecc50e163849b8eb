#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// A process that dies at every call of a whole workflow, after which nobody but housekeeping comes back.
@Suite struct CrashTests {
    /// A workflow from its first call to its last.
    struct Flow: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var options = VideoDeliveryOptions()
        /// A closure that performs the workflow, and passes the rows that were acknowledged.
        let perform: @Sendable (UploadWorld, _ acknowledge: (Video) -> Void) async throws -> Void
    }

    private static let bytes = SampleVideo.mp4()
    private static let otherBytes = SampleVideo.mp4(5000, seed: 7)

    @Sendable private static func upload(
        _ world: UploadWorld, _ acknowledge: (Video) -> Void
    ) async throws {
        let upload = try await world.upload(bytes)
        acknowledge(try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user))
    }

    @Sendable private static func replace(
        _ world: UploadWorld, _ acknowledge: (Video) -> Void
    ) async throws {
        try await Self.upload(world, acknowledge)
        let video = try #require(try await world.catalog.videos(matching: VideoQuery(), page: .first(1)).videos.first)
        for (token, isCanceled) in [("one", true), ("two", false)] {
            let upload = try await world.uploads.replace(
                video.id, with: UploadWorld.file(otherBytes), token: token, by: UploadWorld.user)
            if isCanceled {
                try await world.uploads.cancel(video.id, attempt: upload.attempt, by: UploadWorld.user)
            } else {
                try await world.send(otherBytes, upload)
                acknowledge(try await world.uploads.complete(video.id, attempt: upload.attempt, by: UploadWorld.user))
            }
        }
    }

    @Sendable private static func cancel(
        _ world: UploadWorld, _ acknowledge: (Video) -> Void
    ) async throws {
        let first = try await world.begin(bytes, token: "first")
        try await world.uploads.cancel(first.video, by: UploadWorld.user)
        let text = SampleVideo.text()
        let second = try await world.upload(text, token: "second")
        _ = try? await world.uploads.complete(second.video, by: UploadWorld.user)
        try await world.uploads.cancel(second.video, by: UploadWorld.user)
    }

    private static let flows = [
        Flow(testDescription: "upload in one request", perform: upload),
        Flow(testDescription: "upload in parts", options: UploadWorld.inParts, perform: upload),
        Flow(testDescription: "replace in one request", perform: replace),
        Flow(testDescription: "replace in parts", options: UploadWorld.inParts, perform: replace),
        Flow(testDescription: "cancel and fail in one request", perform: cancel),
        Flow(testDescription: "cancel and fail in parts", options: UploadWorld.inParts, perform: cancel),
    ]

    @Test(arguments: flows)
    func `a death at any call leaves nothing that housekeeping doesn't finish`(_ flow: Flow) async throws {
        var call = 0
        var isOver = false
        while !isOver {
            call += 1
            try await UploadWorld.with(options: flow.options) { plain in
                let world = try plain.withWatchedCatalog()
                var acknowledged: Video?
                // A death after a call leaves the same as one before the next call.
                world.log.watch(Trouble(kind: .deathBefore, call: call))
                let result = await Swift.Result { try await flow.perform(world) { acknowledged = $0 } }
                isOver = world.log.calls.count < call
                world.log.stop()
                if isOver { try result.get() }
                let settled = try await world.settle(VideoHousekeepingOptions(maximumOrphanShare: 1))
                let broken = try await world.brokenPromises()
                #expect(settled.problems == [], "death before call \(call)")
                #expect(settled.orphans == [], "death before call \(call)")
                #expect(broken == [], "death before call \(call)")
                if let acknowledged {
                    let row = try await world.row(acknowledged.id)
                    #expect(row.state == .ready, "death before call \(call)")
                    #expect(row.version >= acknowledged.version)
                }
            }
            try #require(call < 200)
        }
        #expect(call > 5)
    }
}

extension Swift.Result where Failure == any Error, Success == Void {
    /// Catches the error of an operation.
    fileprivate init(_ body: () async throws -> Void) async {
        do {
            try await body()
            self = .success(())
        } catch {
            self = .failure(error)
        }
    }
}
#endif
