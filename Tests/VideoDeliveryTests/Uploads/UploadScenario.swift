#if Delivery && Emulator
import R2Emulator
import TestSupport
import R2Kit
import Testing
import VideoCatalog
import VideoDelivery

/// An operation on uploads with everything around it, for tests that let it fail at each of its calls.
struct UploadScenario: Sendable, CustomTestStringConvertible {
    /// The state before the operation, which later steps need.
    struct Stage: Sendable {
        var bytes: [UInt8]
        var upload: UploadAttempt?
        var video: Video?
    }

    let testDescription: String
    var options = VideoDeliveryOptions()
    /// The calls of the operation if nothing goes wrong, as the documentation lists them.
    let calls: [String]
    /// Brings a world into the state before the operation.
    let prepare: @Sendable (UploadWorld) async throws -> Stage
    let perform: @Sendable (UploadWorld, Stage) async throws -> Void
    /// Expects that the operation, performed again without trouble, had its full effect.
    let check: @Sendable (UploadWorld, Stage, Trouble) async throws -> Void

    static let all: [UploadScenario] = [
        begin("begin, one request", calls: ["catalog.insert"]),
        begin(
            "begin, in parts", options: UploadWorld.inParts,
            calls: ["catalog.insert", "CreateMultipartUpload", "catalog.update"]),
        parts("parts", after: .zero, calls: ["catalog.video"]),
        parts("parts, hours later", after: .seconds(4 * 3600), calls: ["catalog.video", "catalog.update"]),
        status,
        complete(
            "complete, one request",
            calls: [
                "catalog.video", "HeadObject", "catalog.update", "CopyObject", "HeadObject", "GetObject",
                "catalog.update", "DeleteObject",
            ]),
        complete(
            "complete, in parts", options: UploadWorld.inParts,
            calls: [
                "catalog.video", "ListParts", "catalog.update", "CompleteMultipartUpload", "HeadObject", "GetObject",
                "catalog.update",
            ]),
        cancel("cancel, one request", calls: ["catalog.video", "PutObject", "catalog.delete"]),
        cancel(
            "cancel, in parts", options: UploadWorld.inParts,
            calls: ["catalog.video", "ListParts", "catalog.delete", "AbortMultipartUpload", "DeleteObject"]),
        replace("replace, one request", calls: ["catalog.video", "catalog.update"]),
        replace(
            "replace, in parts", options: UploadWorld.inParts,
            calls: ["catalog.video", "catalog.update", "CreateMultipartUpload", "catalog.update"]),
        completeReplacement(
            "complete a replacement, one request",
            calls: [
                "catalog.video", "HeadObject", "CopyObject", "HeadObject", "GetObject", "catalog.update",
                "DeleteObject",
            ]),
        completeReplacement(
            "complete a replacement, in parts", options: UploadWorld.inParts,
            calls: [
                "catalog.video", "ListParts", "CompleteMultipartUpload", "HeadObject", "GetObject", "catalog.update",
            ]),
        cancelReplacement(
            "cancel a replacement, one request",
            calls: ["catalog.video", "HeadObject", "PutObject", "HeadObject", "catalog.update"]),
        cancelReplacement(
            "cancel a replacement, in parts", options: UploadWorld.inParts,
            calls: [
                "catalog.video", "HeadObject", "ListParts", "catalog.update", "AbortMultipartUpload", "DeleteObject",
            ]),
        reject("complete a file that isn't a video"),
    ]

    // MARK: First uploads

    private static func begin(
        _ name: String, options: VideoDeliveryOptions = VideoDeliveryOptions(), calls: [String]
    ) -> UploadScenario {
        UploadScenario(testDescription: name, options: options, calls: calls) { _ in
            Stage(bytes: SampleVideo.mp4())
        } perform: { world, stage in
            _ = try await world.begin(stage.bytes)
        } check: { world, stage, _ in
            let upload = try await world.upload(stage.bytes)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            try await world.expectReady(upload.video, stage.bytes)
            #expect(try await world.catalog.count(matching: VideoQuery()) == 1)
            // One that nobody knows may be left. It has no parts, and housekeeping aborts it.
            #expect(try await world.multipartUploads() <= 1)
        }
    }

    // After some hours, signing extends the expiry.
    private static func parts(_ name: String, after delay: Duration, calls: [String]) -> UploadScenario {
        UploadScenario(testDescription: name, options: UploadWorld.inParts, calls: calls) { world in
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes)
            try await world.r2.advanceClock(by: delay)
            return Stage(bytes: bytes, upload: upload)
        } perform: { world, stage in
            let video = try #require(stage.upload).video
            let parts = try await world.uploads.parts([1], of: video, by: UploadWorld.user)
            for part in parts { #expect(try await world.send(part, of: stage.bytes) == 200) }
        } check: { world, stage, _ in
            let video = try #require(stage.upload).video
            try await world.uploads.complete(video, by: UploadWorld.user)
            try await world.expectReady(video, stage.bytes)
        }
    }

    private static let status = UploadScenario(
        testDescription: "status", options: UploadWorld.inParts, calls: ["catalog.video", "ListParts"]
    ) { world in
        let bytes = SampleVideo.mp4()
        return Stage(bytes: bytes, upload: try await world.upload(bytes))
    } perform: { world, stage in
        let video = try #require(stage.upload).video
        #expect(try await world.uploads.status(of: video, by: UploadWorld.user).phase == .arrived)
    } check: { world, stage, _ in
        try await world.uploads.complete(try #require(stage.upload).video, by: UploadWorld.user)
    }

    private static func complete(
        _ name: String, options: VideoDeliveryOptions = VideoDeliveryOptions(), calls: [String]
    ) -> UploadScenario {
        UploadScenario(testDescription: name, options: options, calls: calls) { world in
            let bytes = SampleVideo.mp4()
            return Stage(bytes: bytes, upload: try await world.upload(bytes))
        } perform: { world, stage in
            let upload = try #require(stage.upload)
            try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user)
        } check: { world, stage, trouble in
            let upload = try #require(stage.upload)
            try await world.expectReady(upload.video, stage.bytes)
            let isLeft =
                trouble == Trouble(kind: .deathAfter, call: 7) || (trouble.call == 8 && !trouble.kind.isPerformed)
            let hasUploadKey = upload.request != nil && isLeft
            #expect(try await world.objects().count == (hasUploadKey ? 2 : 1))
            #expect(try await world.multipartUploads() == 0)
        }
    }

    private static func reject(_ name: String) -> UploadScenario {
        UploadScenario(
            testDescription: name,
            calls: [
                "catalog.video", "HeadObject", "catalog.update", "CopyObject", "HeadObject", "GetObject",
                "catalog.update", "DeleteObject", "DeleteObject",
            ]
        ) { world in
            let bytes = SampleVideo.text()
            return Stage(bytes: bytes, upload: try await world.upload(bytes))
        } perform: { world, stage in
            let upload = try #require(stage.upload)
            do {
                try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user)
            } catch let error as VideoDeliveryError where error.code == .verificationFailed {
                #expect(error.failure == .notAVideo)
            }
        } check: { world, stage, trouble in
            let upload = try #require(stage.upload)
            let row = try await world.row(upload.video)
            #expect(row.state == .failed(reason: "notAVideo"))
            // Whatever is left, the row names it.
            for key in try await world.objects() {
                let location = try #require(world.uploads.keys.location(of: key))
                let file = try world.uploads.keys.file(of: location.video, attempt: location.attempt)
                #expect(row.replacedKeys == [file.rawValue])
            }
            if trouble.call < 7 { #expect(try await world.objects().isEmpty) }
        }
    }

    private static func cancel(
        _ name: String, options: VideoDeliveryOptions = VideoDeliveryOptions(), calls: [String]
    ) -> UploadScenario {
        UploadScenario(testDescription: name, options: options, calls: calls) { world in
            let bytes = SampleVideo.mp4()
            return Stage(bytes: bytes, upload: try await world.begin(bytes))
        } perform: { world, stage in
            let upload = try #require(stage.upload)
            let result = try await world.uploads.cancel(upload.video, attempt: upload.attempt, by: UploadWorld.user)
            #expect(result == .canceled)
        } check: { world, stage, trouble in
            let upload = try #require(stage.upload)
            #expect(try await world.row(upload.video).isDeleted)
            #expect(try await world.catalog.uploadUsage(of: UploadWorld.user) == UploadUsage())
            try await expectClosed(upload, stage.bytes, world)
        }
    }

    /// Expects that the requests of an upload store nothing anymore.
    private static func expectClosed(
        _ upload: UploadAttempt, _ bytes: [UInt8], _ world: UploadWorld
    ) async throws {
        if let request = upload.request { #expect(try await world.send(request, bytes) == 412) }
        for part in upload.parts { #expect(try await world.send(part, of: bytes) == 404) }
        #expect(try await world.multipartUploads() == 0)
        for key in try await world.objects() where key.hasPrefix("uploads/") {
            #expect(try await world.bytes(of: key).isEmpty)
        }
    }

    // MARK: Replacements

    private static func replace(
        _ name: String, options: VideoDeliveryOptions = VideoDeliveryOptions(), calls: [String]
    ) -> UploadScenario {
        UploadScenario(testDescription: name, options: options, calls: calls) { world in
            Stage(bytes: SampleVideo.mp4(8192, seed: 2), video: try await world.ready())
        } perform: { world, stage in
            let video = try #require(stage.video)
            _ = try await world.uploads.replace(
                video.id, with: UploadWorld.file(stage.bytes), token: "new", by: UploadWorld.user)
        } check: { world, stage, _ in
            let video = try #require(stage.video)
            let upload = try await world.uploads.replace(
                video.id, with: UploadWorld.file(stage.bytes), token: "new", by: UploadWorld.user)
            try await world.send(stage.bytes, upload)
            try await world.uploads.complete(video.id, attempt: upload.attempt, by: UploadWorld.user)
            try await world.expectReady(video.id, stage.bytes)
            #expect(try await world.row(video.id).replacedKeys == [video.objectKey])
            #expect(try await world.multipartUploads() <= 1)
        }
    }

    private static func prepareReplacement(
        _ world: UploadWorld, isSent: Bool
    ) async throws -> Stage {
        let video = try await world.ready()
        let bytes = SampleVideo.mp4(8192, seed: 2)
        let upload = try await world.uploads.replace(
            video.id, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
        if isSent { try await world.send(bytes, upload) }
        return Stage(bytes: bytes, upload: upload, video: video)
    }

    private static func completeReplacement(
        _ name: String, options: VideoDeliveryOptions = VideoDeliveryOptions(), calls: [String]
    ) -> UploadScenario {
        UploadScenario(testDescription: name, options: options, calls: calls) { world in
            try await prepareReplacement(world, isSent: true)
        } perform: { world, stage in
            let upload = try #require(stage.upload)
            try await world.uploads.complete(upload.video, attempt: upload.attempt, by: UploadWorld.user)
        } check: { world, stage, _ in
            let video = try #require(stage.video)
            try await world.expectReady(video.id, stage.bytes)
            #expect(try await world.row(video.id).replacedKeys == [video.objectKey])
            #expect(try await world.multipartUploads() == 0)
        }
    }

    private static func cancelReplacement(
        _ name: String, options: VideoDeliveryOptions = VideoDeliveryOptions(), calls: [String]
    ) -> UploadScenario {
        UploadScenario(testDescription: name, options: options, calls: calls) { world in
            try await prepareReplacement(world, isSent: false)
        } perform: { world, stage in
            let upload = try #require(stage.upload)
            let result = try await world.uploads.cancel(upload.video, attempt: upload.attempt, by: UploadWorld.user)
            #expect(result == .canceled)
        } check: { world, stage, trouble in
            let video = try #require(stage.video)
            let upload = try #require(stage.upload)
            try await world.expectReady(video.id, SampleVideo.mp4())
            let file = try world.uploads.keys.file(of: video.id, attempt: upload.attempt).rawValue
            #expect(try await world.row(video.id).replacedKeys == [file])
            try await expectClosed(upload, stage.bytes, world)
        }
    }
}
#endif
