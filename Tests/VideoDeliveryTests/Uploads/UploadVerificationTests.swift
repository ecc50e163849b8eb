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

    @Test func `a file that fails takes along what was made from it`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.text()
            let upload = try await world.begin(bytes)
            let file = try world.uploads.keys.file(of: upload.video, attempt: upload.attempt).rawValue
            let picture = "\(file.dropLast("file".count))thumbnails/1"
            try await world.store(picture)
            try await world.catalog.update(upload.video) { $0.thumbnailKey = picture }
            try await world.send(bytes, upload)
            await expectError(.verificationFailed) {
                _ = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(try await world.row(upload.video).thumbnailKey == nil)
            world.turn(by: .seconds(2 * 86_400))
            try await world.keepHouse()
            #expect(try await world.objects().isEmpty)
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
            try await world.fillMetadata(of: upload.video)
            let video = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            #expect(video.metadata["app"] != nil && video.metadata["media.container"] == nil)
            #expect(video.duration == 2)
        }
    }

    @Test(arguments: [nil, String(repeating: "f", count: 128)])
    func `metadata of the app that leaves no room for the note of a failure doesn't keep a file from failing`(
        _ fingerprint: String?
    ) async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.text()
            let file = UploadWorld.file(bytes, fingerprint: fingerprint)
            let upload = try await world.uploads.begin(file, title: "t", token: "t", by: UploadWorld.user)
            try await world.send(bytes, upload)
            try await world.fillMetadata(of: upload.video)
            for _ in 0..<2 {
                let error = await expectError(.verificationFailed) {
                    try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user)
                }
                #expect(error?.failure == .notAVideo)
            }
            let row = try await world.row(upload.video)
            #expect(row.state == .failed(reason: "notAVideo") && row.metadata["app"] != nil)
            // The fingerprint makes room.
            #expect((row.metadata["upload.failure"] != nil) == (fingerprint != nil))
            let status = try await world.uploads.status(
                of: upload.video, attempt: upload.attempt, by: UploadWorld.user)
            #expect(status.phase == .failed && status.failure == .notAVideo)
            let result = try await world.uploads.cancel(upload.video, attempt: upload.attempt, by: UploadWorld.user)
            #expect(result == .kept(row))
        }
    }

    @Test func `metadata of the app that leaves no room doesn't keep a replacement from failing`() async throws {
        try await UploadWorld.with { world in
            let bytes = SampleVideo.mp4()
            let video = try await world.ready(bytes)
            let bad = SampleVideo.text()
            let upload = try await world.uploads.replace(
                video.id, with: UploadWorld.file(bad), token: "new", by: UploadWorld.user)
            try await world.send(bad, upload)
            try await world.fillMetadata(of: video.id)
            for _ in 0..<2 {
                await expectError(.verificationFailed) {
                    try await world.uploads.complete(video.id, attempt: upload.attempt, by: UploadWorld.user)
                }
            }
            #expect(try await world.row(video.id).metadata["app"] != nil)
            try await world.expectReady(video.id, bytes)
        }
    }
}
#endif
