#if Delivery && Emulator
import TestSupport
import NIOCore
import R2Emulator
import R2Kit
import R2Storage
import Testing
import VideoCatalog
import VideoDelivery

/// The mistakes of others, each with a test of its own.
@Suite struct UploadLessonTests {
    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts], Array(1...8))
    func `a client that cancels in the catch of every failed complete doesn't destroy a finished upload`(
        _ options: VideoDeliveryOptions, _ call: Int
    ) async throws {
        for kind in Trouble.Kind.allCases {
            try await UploadWorld.with(options: options) { world in
                let bytes = SampleVideo.mp4()
                let upload = try await world.upload(bytes)
                world.log.watch(Trouble(kind: kind, call: call))
                do {
                    try await world.uploads.complete(upload.video, by: UploadWorld.user)
                    world.log.stop()
                } catch {
                    world.log.stop()
                    guard case .kept = try await world.uploads.cancel(upload.video, by: UploadWorld.user) else {
                        Issue.record("\(kind) at \(call): the upload was canceled")
                        return
                    }
                }
                // A day later.
                try await world.r2.advanceClock(by: .seconds(86_400))
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
                try await world.expectReady(upload.video, bytes)
            }
        }
    }

    @Test(arguments: [false, true])
    func `a second Complete succeeds, whether the server repeats itself or says NoSuchUpload`(
        _ repeats: Bool
    ) async throws {
        var emulator = R2Emulator.Options()
        emulator.behavior.repeatsCompletions = repeats
        try await UploadWorld.with(options: UploadWorld.inParts, emulator: emulator) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            // R2 joined the parts, and nobody heard of it.
            world.log.watch(Trouble(kind: .deathAfter, call: 4))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            #expect(world.log.calls.contains("CompleteMultipartUpload"))
            let first = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            let second = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            #expect(first == second)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test func `the pinned ETag is that of the copy, not that of the upload`() async throws {
        try await UploadWorld.with { world in
            // A file that was stored in parts has another ETag than its copy may have.
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes)
            let key = try world.uploads.keys.upload(of: upload.video, attempt: upload.attempt)
            let id = try await world.client.createMultipartUpload(key)
            let part = try await world.client.uploadPart(1, of: id, key: key, body: .bytes(.init(bytes: bytes)))
            try await world.client.completeMultipartUpload(id, key: key, parts: [part])
            let video = try await world.uploads.complete(upload.video, by: UploadWorld.user)
            let file = try await world.client.head(ObjectKey(video.objectKey))
            #expect(video.etag == file.etag.opaqueValue)
            #expect(file.contentType == "video/mp4")
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `the state never goes back, however often a completion fails`(
        _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            let upload = try await world.upload(SampleVideo.mp4())
            var states: [Video.State.Kind] = []
            for call in 1...9 {
                world.log.watch(Trouble(kind: .refused, call: call))
                _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
                world.log.stop()
                states.append(try await world.row(upload.video).state.kind)
            }
            let order: [Video.State.Kind] = [.pendingUpload, .uploading, .verifying, .ready]
            let ranks = states.compactMap(order.firstIndex(of:))
            #expect(ranks.count == states.count && ranks == ranks.sorted(), "\(states)")
            #expect(states.last == .ready)
        }
    }

    @Test func `an upload continues after a reload from the parts on all pages`() async throws {
        var emulator = R2Emulator.Options()
        emulator.limits.maximumPageLength = 1
        try await UploadWorld.with(options: UploadWorld.inParts, emulator: emulator) { world in
            let bytes = SampleVideo.mp4(16 * 1024 * 1024)
            let upload = try await world.begin(bytes)
            for part in upload.parts where part.number != 3 { #expect(try await world.send(part, of: bytes) == 200) }
            // The page is gone, and the client begins again with its token.
            let again = try await world.begin(bytes)
            #expect(again.receivedParts.map(\.number) == [1, 2, 4])
            #expect(again.parts.map(\.number) == [3])
            try await world.send(bytes, again)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `an object with 0 bytes is never ready`(_ options: VideoDeliveryOptions) async throws {
        try await UploadWorld.with(options: options) { world in
            let upload = try await world.begin(SampleVideo.mp4())
            let keys = world.uploads.keys
            let key =
                try upload.request == nil
                ? keys.file(of: upload.video, attempt: upload.attempt)
                : keys.upload(of: upload.video, attempt: upload.attempt)
            if upload.request == nil {
                let row = try await world.row(upload.video)
                try await world.client.abortMultipartUpload(
                    UploadID(try #require(row.upload?.id)), key: key)
            }
            try await world.client.put([UInt8](), to: key)
            let error = await expectError(.verificationFailed) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(error?.failure == .wrongSize)
        }
    }

    @Test func `an upload that R2 lost begins again with the same token`() async throws {
        try await UploadWorld.with(options: UploadWorld.inParts) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.upload(bytes)
            let row = try await world.row(upload.video)
            // As R2 does after seven days.
            try await world.client.abortMultipartUpload(
                UploadID(try #require(row.upload?.id)), key: ObjectKey(row.objectKey))
            await expectError(.uploadLost) { try await world.uploads.complete(upload.video, by: UploadWorld.user) }
            let again = try await world.begin(bytes)
            #expect(again.attempt == upload.attempt && again.phase == .waiting && again.receivedParts.isEmpty)
            try await world.send(bytes, again)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, bytes)
        }
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `an upload that was lost while it was verified fails only after a grace`(
        _ options: VideoDeliveryOptions
    ) async throws {
        try await UploadWorld.with(options: options) { world in
            let upload = try await world.upload(SampleVideo.mp4())
            world.log.watch(Trouble(kind: .deathAfter, call: 3))
            _ = try? await world.uploads.complete(upload.video, by: UploadWorld.user)
            world.log.stop()
            let row = try await world.row(upload.video)
            #expect(row.state == .verifying)
            if let id = row.upload?.id {
                try await world.client.abortMultipartUpload(UploadID(id), key: ObjectKey(row.objectKey))
            } else {
                try await world.client.delete(world.uploads.keys.upload(of: upload.video, attempt: upload.attempt))
            }
            await expectError(.verificationPending) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            try await world.r2.advanceClock(by: world.uploads.options.verificationGrace)
            let error = await expectError(.verificationFailed) {
                try await world.uploads.complete(upload.video, by: UploadWorld.user)
            }
            #expect(error?.failure == .uploadLost)
        }
    }
}
#endif
