#if Delivery
internal import Logging
internal import Metrics
internal import R2Storage
internal import Tracing
internal import VideoCatalog

/// The metrics, spans and log messages of housekeeping.
///
/// | metric | counts | dimensions |
/// | --- | --- | --- |
/// | `video_housekeeping_items_total` | handled items | `step`, `outcome` (`done`, `skipped`, `failed`) |
/// | `video_housekeeping_step_failures_total` | steps that were stopped by an error | `step` |
/// | `video_housekeeping_duration_seconds` | durations of steps | `step` |
/// | `video_housekeeping_orphaned_objects` | orphaned objects that a reconciliation found | |
/// | `video_housekeeping_wrong_files` | ready videos whose file is missing or has changed | |
///
/// They contain names, numbers and identifiers, and no URL.
struct HousekeepingTelemetry: Sendable {
    /// `nil` if nothing collects metrics.
    private let factory: (any MetricsFactory)?
    private let tracer: (any Tracer)?
    let logger: Logger

    init(_ options: VideoHousekeepingOptions, _ client: R2Client) {
        let factory = options.metricsFactory ?? client.configuration.metricsFactory ?? MetricsSystem.factory
        self.factory = factory is NOOPMetricsHandler ? nil : factory
        let tracer = options.tracer ?? client.configuration.tracer ?? InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
        logger = client.logger
    }

    /// Runs a step within a span and records its results.
    func measure(
        _ step: HousekeepingPass.Step, _ body: () async throws -> HousekeepingPass.StepReport
    ) async throws -> HousekeepingPass.StepReport {
        try await withSpan("VideoHousekeeping.\(step)") { span in
            let start = ContinuousClock.now
            let report = try await body()
            record(report, duration: .now - start)
            span?.attributes["housekeeping.done"] = report.done
            span?.attributes["housekeeping.skipped"] = report.skipped
            span?.attributes["housekeeping.failed"] = report.failures.count
            if let error = report.error { span?.recordError(error) }
            return report
        }
    }

    /// Runs code within a span, if spans are recorded.
    func withSpan<Result: Sendable>(_ name: String, _ body: ((any Span)?) async throws -> Result) async throws -> Result
    {
        guard let tracer else { return try await body(nil) }
        return try await tracer.withSpan(name, ofKind: .internal) { try await body($0) }
    }

    private func record(_ report: HousekeepingPass.StepReport, duration: Duration) {
        let step = ("step", report.step.rawValue)
        if let error = report.error {
            logger.warning(
                "Housekeeping step failed", metadata: ["step": "\(report.step)", "error": "\(error)"])
        }
        guard let factory else { return }
        for (outcome, count) in [
            ("done", report.done), ("skipped", report.skipped), ("failed", report.failures.count),
        ] where count > 0 {
            Counter(
                label: "video_housekeeping_items_total", dimensions: [step, ("outcome", outcome)], factory: factory
            ).increment(by: count)
        }
        if report.error != nil {
            Counter(label: "video_housekeeping_step_failures_total", dimensions: [step], factory: factory).increment()
        }
        Metrics.Timer(label: "video_housekeeping_duration_seconds", dimensions: [step], factory: factory)
            .record(duration: duration)
    }

    func itemDone(_ item: String, _ step: HousekeepingPass.Step) {
        logger.debug("Housekeeping handled an item", metadata: ["step": "\(step)", "item": "\(item)"])
    }

    func itemFailed(_ item: String, _ step: HousekeepingPass.Step, _ error: any Error) {
        logger.warning(
            "Housekeeping of an item failed. A later pass tries again.",
            metadata: ["step": "\(step)", "item": "\(item)", "error": "\(error)"])
    }

    func passEnded(_ pass: HousekeepingPass) {
        let done = pass.reports.reduce(0) { $0 + $1.done }
        let failed = pass.reports.reduce(0) { $0 + $1.failures.count }
        guard done + failed > 0 else { return }
        var metadata: Logger.Metadata = ["done": "\(done)", "failed": "\(failed)"]
        for report in pass.reports where report.done > 0 { metadata["\(report.step)"] = "\(report.done)" }
        logger.info("Housekeeping pass ended", metadata: metadata)
    }

    func reconciled(_ result: Reconciliation) {
        if let factory {
            Gauge(label: "video_housekeeping_orphaned_objects", factory: factory).record(result.orphanCount)
            Gauge(label: "video_housekeeping_wrong_files", factory: factory).record(result.wrongFiles.count)
        }
        if let stop = result.removalStop { logger.error("No orphaned object was removed. \(stop)") }
        for file in result.wrongFiles.prefix(100) {
            logger.error(
                "The file of a ready video is missing or has changed",
                metadata: ["video": "\(file.video)", "key": "\(file.objectKey)", "problem": "\(file.problem)"])
        }
        for key in result.removed { logger.notice("Removed an orphaned object", metadata: ["key": "\(key)"]) }
        logger.info(
            "Reconciliation ended",
            metadata: [
                "objects": "\(result.objectCount)", "videos": "\(result.videoCount)",
                "orphans": "\(result.orphanCount)", "wrong-files": "\(result.wrongFiles.count)",
                "removed": "\(result.removed.count)",
            ])
    }

    func reconciliationFailed(_ error: any Error) {
        logger.warning("Reconciliation failed", metadata: ["error": "\(error)"])
    }

    func eventHandled(_ event: R2Event, _ outcome: R2EventOutcome) {
        logger.debug(
            "Handled an R2 event",
            metadata: ["action": "\(event.action)", "key": "\(event.key)", "outcome": "\(outcome.name)"])
        if case .fileMissing(let video) = outcome {
            logger.error("The file of a ready video was deleted", metadata: ["video": "\(video.id)"])
        }
    }
}
#endif
