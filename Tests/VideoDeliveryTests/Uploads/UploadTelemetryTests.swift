#if Delivery && Emulator
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
import R2Emulator
import R2Kit
import R2Storage
import TestSupport
import Testing
import Tracing
import VideoCatalog
import VideoDelivery

/// Logs, metrics and spans of uploads.
@Suite struct UploadTelemetryTests {
    /// Returns a world whose uploads write to a recording.
    private func recorded(_ world: UploadWorld, _ telemetry: RecordedTelemetry) throws -> UploadWorld {
        var copy = world
        let r2 = world.r2
        copy.uploads = try VideoUploads(
            catalog: world.catalog, client: telemetry.client(r2.config), policy: world.uploads.policy,
            options: world.uploads.options, clock: { r2.clock.now })
        return copy
    }

    @Test func `every call is counted, timed and traced with its outcome`() async throws {
        let telemetry = RecordedTelemetry()
        try await UploadWorld.with { plain in
            let world = try recorded(plain, telemetry)
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes)
            await expectError(.notUploaded) { try await world.uploads.complete(upload.video, by: UploadWorld.user) }
            _ = try await world.uploads.status(of: upload.video, by: UploadWorld.user)
            await expectError(.invalidState) {
                _ = try await world.uploads.parts([1], of: upload.video, by: UploadWorld.user)
            }
            try await world.send(bytes, upload)
            try await world.uploads.complete(upload.video, by: UploadWorld.user)
            _ = try await world.uploads.replace(
                upload.video, with: UploadWorld.file(bytes), token: "new", by: UploadWorld.user)
            _ = try await world.uploads.cancel(upload.video, by: UploadWorld.user)
            let text = try await world.begin(SampleVideo.text(), token: "text")
            try await world.send(SampleVideo.text(), text)
            await expectError(.verificationFailed) {
                try await world.uploads.complete(text.video, by: UploadWorld.user)
            }
            world.r2.inject(.internalError, into: .operations("HeadObject"))
            _ = try? await world.uploads.status(of: try await world.begin(bytes, token: "x").video, by: "ada")

            let spans = telemetry.tracer.finishedSpans
            let complete = spans.filter { $0.operationName == "VideoUploads.complete" }
            let errors = complete.map { $0.attributes.get("error.type").map { "\($0)" } ?? "" }
            #expect(errors.map { $0.contains("notUploaded") } == [true, false, false])
            #expect(errors.map { $0.contains("verificationFailed") } == [false, false, true])
            let videos = complete.compactMap { $0.attributes.get("video.id") }
            #expect(videos.count == 3 && "\(videos[1])".contains("\(upload.video)"))
            // Requests to R2 are children of the call that makes them.
            let copy = try #require(spans.first { $0.operationName == "S3.CopyObject" })
            #expect(copy.traceID == complete[1].traceID)
        }
        let prefix = "video_uploads"
        #expect(try telemetry.calls(prefix, "begin", "success") == 3)
        #expect(try telemetry.calls(prefix, "complete", "success") == 1)
        #expect(try telemetry.calls(prefix, "complete", "notUploaded") == 1)
        #expect(try telemetry.calls(prefix, "complete", "verificationFailed") == 1)
        #expect(try telemetry.calls(prefix, "status", "success") == 1)
        #expect(try telemetry.calls(prefix, "status", "InternalError") == 1)
        #expect(try telemetry.calls(prefix, "parts", "invalidState") == 1)
        #expect(try telemetry.calls(prefix, "replace", "success") == 1)
        #expect(try telemetry.calls(prefix, "cancel", "success") == 1)
        #expect(try telemetry.durations(prefix, "complete") == 3)
        for (result, count) in [("ready", 1), ("notAVideo", 1)] {
            let counter = try telemetry.metrics.expectCounter(
                "video_uploads_verifications_total", [("result", result)])
            #expect(counter.totalValue == count)
        }
        #expect(try telemetry.metrics.expectCounter("video_uploads_verified_bytes_total").totalValue == 4096)
        #expect(telemetry.messages(.info) == ["Upload began", "Video ready", "Upload canceled"])
        #expect(telemetry.messages(.notice) == ["Upload failed its verification"])
    }

    @Test(arguments: [VideoDeliveryOptions(), UploadWorld.inParts])
    func `nothing recorded contains a URL, a signature, a token or a user`(
        _ options: VideoDeliveryOptions
    ) async throws {
        let telemetry = RecordedTelemetry()
        let (token, user): (String, UserID) = ("token-a7f3", "user-b9c1")
        try await UploadWorld.with(options: options, emulator: RecordedTelemetry.emulator) { plain in
            let world = try recorded(plain, telemetry)
            let bytes = SampleVideo.mp4()
            let upload = try await world.begin(bytes, token: token, by: user)
            _ = try? await world.uploads.complete(upload.video, by: user)
            try await world.send(bytes, upload)
            world.r2.inject(.internalError, into: .operations("GetObject"))
            _ = try? await world.uploads.complete(upload.video, by: user)
            try await world.uploads.complete(upload.video, by: user)
            let new = try await world.uploads.replace(
                upload.video, with: UploadWorld.file(bytes), token: token, by: user)
            _ = try await world.uploads.status(of: upload.video, by: user)
            _ = try await world.uploads.cancel(upload.video, attempt: new.attempt, by: user)
            let text = telemetry.text
            #expect(text.contains("\(upload.video)") && text.contains("VideoUploads.complete"))
            for secret in [
                RecordedTelemetry.secret, "X-Amz", "Signature", "http://", token, user.rawValue,
            ] { #expect(!text.contains(secret), "\(secret)") }
        }
    }
}
#endif
