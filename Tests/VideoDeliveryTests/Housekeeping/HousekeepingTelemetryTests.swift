#if Delivery && Emulator
import TestSupport
import InMemoryLogging
import InMemoryTracing
import Logging
import MetricsTestKit
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

/// Logs, metrics and spans of housekeeping.
@Suite struct HousekeepingTelemetryTests {
    @Test func `every step records its results, and nothing contains a secret`() async throws {
        let handler = InMemoryLogHandler()
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .trace
        let metrics = TestMetrics()
        let tracer = InMemoryTracer()
        try await UploadWorld.with { world in
            let client = R2Client(
                world.r2.config, logger: logger,
                configuration: R2ClientConfiguration(retry: .none, stallTimeout: .onBusyMachine))
            let uploads = try VideoUploads(
                catalog: world.catalog, client: client, policy: world.uploads.policy, clock: { world.r2.clock.now })
            let housekeeping = VideoHousekeeping(
                uploads, options: VideoHousekeepingOptions(metricsFactory: metrics, tracer: tracer))
            let good = try await world.begin(SampleVideo.mp4(), token: "good")
            let bad = try await world.begin(SampleVideo.mp4(), token: "bad")
            try await world.store(try world.uploads.keys.file(of: .make(), attempt: .init()).rawValue)
            world.turn(by: UploadWorld.uploadEnd)
            world.r2.removeFaults()
            world.r2.inject(.internalError, into: .operation("HeadObject", key: try world.uploadKey(bad)))
            _ = try await housekeeping.runOnce()
            _ = try await housekeeping.reconcile()
            #expect(try await world.row(good.video).state == .expired)
            let text = handler.entries.map { "\($0.level) \($0.message) \($0.metadata)" }.joined(separator: "\n")
            for expected in ["\(good.video)", "\(bad.video)", "expiredUploads", "Reconciliation ended"] {
                #expect(text.contains(expected))
            }
            for secret in ["Signature=", "X-Amz-Signature", "Credential="] { #expect(!text.contains(secret)) }
        }
        func items(_ outcome: String) throws -> Int64 {
            try metrics.expectCounter(
                "video_housekeeping_items_total", [("step", "expiredUploads"), ("outcome", outcome)]
            ).totalValue
        }
        #expect(try items("done") == 1)
        #expect(try items("failed") == 1)
        for step in HousekeepingPass.Step.all {
            let timer = try metrics.expectTimer("video_housekeeping_duration_seconds", [("step", step.rawValue)])
            #expect(timer.values.count == 1)
        }
        #expect(try metrics.expectGauge("video_housekeeping_orphaned_objects").lastValue == 1)
        let names = tracer.finishedSpans.map(\.operationName)
        for step in HousekeepingPass.Step.all { #expect(names.contains("VideoHousekeeping.\(step)")) }
        #expect(names.contains("VideoHousekeeping.reconcile"))
    }
}
#endif
