#if Delivery && Emulator
import TestSupport
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// Files that aren't what they must be.
@Suite struct UploadVerificationTests {
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        var name = "lecture.mp4"
        let failure: VideoFailure
    }

    static let files = [
        Bad(testDescription: "text", bytes: SampleVideo.text(), failure: .notAVideo),
        Bad(testDescription: "one byte", bytes: [0], failure: .notAVideo),
        Bad(testDescription: "sound only", bytes: SampleVideo.mp4(handler: "soun"), failure: .notAVideo),
        Bad(testDescription: "cut off", bytes: SampleVideo.truncated(), failure: .truncated),
        Bad(
            testDescription: "MP4 named WebM", bytes: SampleVideo.mp4(), name: "lecture.webm", failure: .wrongType),
    ]

    @Test(arguments: files, [VideoDeliveryOptions(), UploadWorld.inParts])
    func `a file that isn't a video of its type fails for good, and leaves nothing behind`(
        _ file: Bad, _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            let upload = try await world.uploads.begin(
                UploadWorld.file(file.bytes, name: file.name), title: "t", token: "t", by: UploadWorld.user)
            try await world.send(file.bytes, upload)
            for _ in 0..<2 {
                let error = await expectError(.verificationFailed) {
                    try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user)
                }
                #expect(error?.failure == file.failure)
            }
            let row = try await world.row(upload.video)
            #expect(row.state == .failed(reason: file.failure.rawValue))
            #expect(try await world.objects().isEmpty)
            #expect(try await world.multipartUploads() == 0)
            #expect(try await world.catalog.uploadUsage(of: UploadWorld.user) == UploadUsage())
            let status = try await world.uploads.status(of: upload.video, by: UploadWorld.user)
            #expect(status.phase == .failed && status.failure == file.failure)
            await expectError(.verificationFailed) {
                _ = try await world.uploads.begin(
                    UploadWorld.file(file.bytes, name: file.name), title: "t", token: "t", by: UploadWorld.user)
            }
            // Housekeeping deletes the keys that the row names, and finds nothing.
            let report = try await world.catalog.deleteReplacedObjects { try await world.client.delete(ObjectKey($0)) }
            #expect(report.handled == [upload.video])
            // A better file takes its place.
            let better = SampleVideo.mp4(8192)
            let replacement = try await world.uploads.replace(
                upload.video, with: UploadWorld.file(better), token: "better", by: UploadWorld.user)
            try await world.send(better, replacement)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, better)
        }
    }

    @Test func `files without a video track are accepted if the policy says so`() async throws {
        let policy = UploadPolicy(limits: .none, requiresVideoTrack: false)
        try await UploadWorld.with(policy: policy) { world in
            let bytes = SampleVideo.mp4(handler: "soun")
            let video = try await world.ready(bytes)
            #expect(video.width == nil && video.duration == 2)
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `a replacement that isn't a video fails, and the old file stays`(
        _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes)
            let bad = SampleVideo.text()
            func replace() async throws -> UploadAttempt {
                try await world.uploads.replace(
                    video.id, with: UploadWorld.file(bad), token: "new", by: UploadWorld.user)
            }
            let upload = try await replace()
            try await world.send(bad, upload)
            for _ in 0..<2 {
                let error = await expectError(.verificationFailed) {
                    try await world.uploads.complete(video.id, attempt: upload.attempt, by: UploadWorld.user)
                }
                #expect(error?.failure == .notAVideo)
            }
            try await world.expectReady(video.id, bytes)
            #expect(try await world.objects() == [video.objectKey])
            await expectError(.verificationFailed) { _ = try await replace() }
            let status = try await world.uploads.status(
                of: video.id, attempt: upload.attempt, by: UploadWorld.user)
            #expect(status.phase == .failed && status.failure == .notAVideo)
        }
    }

    @Test func `an object whose size isn't the declared one fails`() async throws {
        try await UploadWorld.with { world in
            let upload = try await world.begin(SampleVideo.mp4())
            let key = try world.uploads.keys.upload(of: upload.video, attempt: upload.attempt)
            try await world.client.put(SampleVideo.mp4(5000), to: key)
            let error = await expectError(.verificationFailed) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(error?.failure == .wrongSize)
            #expect(try await world.objects().isEmpty)
        }
    }

    @Test func `metadata of the app that leaves no room for that of the file stays`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            try await world.catalog.update(upload.video) { row in
                let used = row.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
                row.metadata["app"] = String(repeating: "x", count: 8192 - used - 10)
            }
            let video = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            #expect(video.metadata["app"] != nil && video.metadata["media.container"] == nil)
            #expect(video.duration == 2)
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
