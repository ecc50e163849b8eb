#if Delivery
internal import Logging
internal import R2Storage
public import ServiceLifecycle
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The housekeeping of videos: a service that finishes what clients and crashes left unfinished.
///
/// ```swift
/// let housekeeping = VideoHousekeeping(uploads)
/// let group = ServiceGroup(services: [storage, housekeeping, server], logger: logger)
/// try await group.run()
/// ```
///
/// A pass handles each kind of work in a step of its own: see ``HousekeepingPass/Step``. Several workers can run at the
/// same time, because videos are claimed and everything else can be repeated. List the service after that of the
/// client, because it needs the client until it has stopped.
///
/// An item whose handling fails is tried again in a later pass, after a pause that doubles with each failure. Each
/// worker remembers its pauses in memory.
public struct VideoHousekeeping: Service {
    /// The uploads, with the catalog, the client and the options that housekeeping uses.
    public let uploads: VideoUploads
    /// The intervals and limits.
    public let options: VideoHousekeepingOptions
    let telemetry: HousekeepingTelemetry
    let state = HousekeepingState()
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Creates the housekeeping for uploads.
    ///
    /// - Parameters:
    ///   - uploads: The uploads. Housekeeping logs to the logger of their client and takes the time from their clock.
    ///   - options: The intervals and limits.
    ///   - sleep: A closure that waits between two passes, and throws when its task is canceled.
    public init(
        _ uploads: VideoUploads, options: VideoHousekeepingOptions = VideoHousekeepingOptions(),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.uploads = uploads
        self.options = options
        self.sleep = sleep
        telemetry = HousekeepingTelemetry(options, uploads.client)
    }

    /// Runs passes until a graceful shutdown starts or the task is canceled.
    ///
    /// An item in progress is stopped, which is as safe as a crash: another pass continues it.
    /// - Throws: Never in practice. Errors of passes are logged.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            var marks = OrphanMarks()
            var lastReconciliation: Date?
            do {
                while true {
                    _ = try await runOnce()
                    if let interval = options.reconciliationInterval {
                        let now = uploads.clock()
                        if lastReconciliation.map({ VideoUploads.date($0, plus: interval) <= now }) ?? true {
                            lastReconciliation = now
                            marks = try await reconcileOrLog(marks)
                        }
                    }
                    try await sleep(options.interval * Double.random(in: 0.8...1.2))
                }
            } catch is CancellationError {}
        }
    }

    private func reconcileOrLog(_ marks: OrphanMarks) async throws -> OrphanMarks {
        do {
            return try await reconcile(marks, removing: options.removesOrphans).marks
        } catch {
            if Task.isCancelled { throw CancellationError() }
            telemetry.reconciliationFailed(error)
            return marks
        }
    }

    /// Runs one pass, for a process that a timer starts.
    ///
    /// A step that fails as a whole, such as when the catalog can't be reached, doesn't stop the others.
    /// - Returns: The report of each step.
    /// - Throws: A `CancellationError` if the task is canceled.
    @discardableResult
    public func runOnce() async throws -> HousekeepingPass {
        var pass = HousekeepingPass()
        for step in HousekeepingPass.Step.all {
            try Task.checkCancellation()
            pass.reports.append(try await report(of: step))
        }
        telemetry.passEnded(pass)
        return pass
    }

    private func report(of step: HousekeepingPass.Step) async throws -> HousekeepingPass.StepReport {
        try await telemetry.measure(step) {
            var report = HousekeepingPass.StepReport(step)
            do {
                try await perform(step, into: &report)
            } catch {
                if Task.isCancelled { throw CancellationError() }
                report.error = error
            }
            return report
        }
    }

    private func perform(
        _ step: HousekeepingPass.Step, into report: inout HousekeepingPass.StepReport
    ) async throws {
        switch step {
        case .verifications: try await completeVerifications(into: &report)
        case .expiredUploads: try await expireUploads(into: &report)
        case .deletions: try await deleteVideos(into: &report)
        case .replacedObjects: try await deleteReplacedObjects(into: &report)
        case .purges: try await purgeVideos(into: &report)
        case .staleMultipartUploads: try await abortStaleUploads(into: &report)
        default: try await sweepLateUploads(into: &report)
        }
    }
}

extension VideoHousekeeping {
    var catalog: any VideoRepository { uploads.catalog }
    var client: R2Client { uploads.client }
    var keys: VideoKeys { uploads.keys }

    /// The date by which something must have happened to be older than a duration.
    func date(before duration: Duration) -> Date { VideoUploads.date(uploads.clock(), plus: .zero - duration) }

    /// The time after which no request to store a file can still be under way.
    var longestUpload: Duration {
        max(uploads.options.urlLifetime, uploads.options.backgroundURLLifetime) + uploads.options.uploadGrace
    }
}
#endif
