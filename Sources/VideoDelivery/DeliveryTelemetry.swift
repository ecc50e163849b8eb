#if Delivery
internal import Logging
internal import Metrics
internal import R2Kit
internal import R2Storage
internal import Synchronization
internal import Tracing
internal import VideoCatalog

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The metrics, spans and log messages of the calls that an app makes.
///
/// The prefix of the names is `video_uploads` for ``VideoUploads`` and `video_playback` for ``VideoPlayback``.
///
/// | metric | counts | dimensions |
/// | --- | --- | --- |
/// | `PREFIX_calls_total` | finished calls | `operation`, `outcome` (`success`, an error's code, `cancelled`, `failure`) |
/// | `PREFIX_duration_seconds` | durations of calls | `operation` |
/// | `video_uploads_verifications_total` | uploads that became ready or failed | `result` (`ready`, a `VideoFailure`) |
/// | `video_uploads_verified_bytes_total` | bytes of the files that became ready | |
/// | `video_playback_playlists_total` | playlists that were sent to their end, or that failed | `outcome` |
///
/// They contain names, numbers and identifiers, and neither a URL nor a token nor a user.
final class DeliveryTelemetry: Sendable {
    /// A type whose calls are measured.
    enum Component: String {
        case uploads = "VideoUploads"
        case playback = "VideoPlayback"

        fileprivate var prefix: String { self == .uploads ? "video_uploads" : "video_playback" }
    }

    private let component: Component
    /// `nil` if nothing collects metrics.
    private let meters: Meters?
    private let tracer: (any Tracer)?
    private let logger: Logger

    /// Creates the telemetry of a component, which goes where its client's goes.
    init(_ component: Component, _ client: R2Client) {
        self.component = component
        let factory = client.configuration.metricsFactory ?? MetricsSystem.factory
        meters = factory is NOOPMetricsHandler ? nil : Meters(factory)
        let tracer = client.configuration.tracer ?? InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
        logger = client.logger
    }

    /// Performs a call within a span, and records its outcome.
    ///
    /// - Parameters:
    ///   - operation: The name of the function.
    ///   - video: The video, if the caller named it.
    ///   - identify: A closure that returns the video of a result.
    ///   - body: The call.
    /// - Returns: The result of the call.
    /// - Throws: The error of the call.
    func measure<Result: Sendable>(
        _ operation: String, of video: Video.ID? = nil, identify: (Result) -> Video.ID? = { _ in nil },
        _ body: () async throws -> Result
    ) async throws -> Result {
        guard meters != nil || tracer != nil || logger.logLevel <= .debug else { return try await body() }
        return try await withSpan(operation) { span in
            let start = ContinuousClock.now
            do {
                let result = try await body()
                ended(operation, "success", video ?? identify(result), .now - start, span)
                return result
            } catch {
                let outcome = Self.outcome(of: error)
                span?.attributes["error.type"] = outcome
                ended(operation, outcome, video ?? (error as? VideoDeliveryError)?.video, .now - start, span)
                throw error
            }
        }
    }

    private func withSpan<Result: Sendable>(
        _ operation: String, _ body: ((any Span)?) async throws -> Result
    ) async throws -> Result {
        guard let tracer else { return try await body(nil) }
        return try await tracer.withSpan("\(component.rawValue).\(operation)", ofKind: .internal) { try await body($0) }
    }

    private func ended(
        _ operation: String, _ outcome: String, _ video: Video.ID?, _ duration: Duration, _ span: (any Span)?
    ) {
        if let video { span?.attributes["video.id"] = "\(video)" }
        meters?.increment("\(component.prefix)_calls_total", [("operation", operation), ("outcome", outcome)])
        meters?.record(duration, "\(component.prefix)_duration_seconds", [("operation", operation)])
        guard logger.logLevel <= .debug else { return }
        var metadata: Logger.Metadata = [
            "operation": "\(operation)", "outcome": "\(outcome)", "duration": "\(duration)",
        ]
        metadata["video"] = video.map { "\($0)" }
        logger.debug("\(component.rawValue) call ended", metadata: metadata)
    }

    /// Returns the name of an error: its code, `cancelled`, or `failure` for an error of the app.
    private static func outcome(of error: any Error) -> String {
        switch error {
        case let error as VideoDeliveryError: error.code.rawValue
        case let error as R2Error: error.code.rawValue
        case let error as CatalogError: error.code.rawValue
        case let error as R2ValidationError: "\(error.code)"
        case let error as PlaylistError: error.problem.rawValue
        case is CancellationError: "cancelled"
        default: "failure"
        }
    }
}

/// The progress of uploads.
extension DeliveryTelemetry {
    func uploadBegan(_ upload: RowUpload) { log(.info, "Upload began", upload) }

    func uploadCanceled(_ upload: RowUpload) { log(.info, "Upload canceled", upload) }

    func uploadVerified(_ upload: RowUpload, _ info: MediaInfo) {
        meters?.increment("video_uploads_verifications_total", [("result", "ready")])
        meters?.increment("video_uploads_verified_bytes_total", by: upload.byteSize)
        log(.info, "Video ready", upload, ["container": "\(info.container.rawValue)"])
    }

    func uploadFailed(_ upload: RowUpload, _ failure: VideoFailure) {
        meters?.increment("video_uploads_verifications_total", [("result", failure.rawValue)])
        log(.notice, "Upload failed its verification", upload, ["reason": "\(failure)"])
    }

    /// Notes a step whose failure doesn't matter to the caller.
    func stepFailed(_ step: String, of upload: RowUpload, _ error: any Error) {
        log(.notice, "Couldn't \(step) of a video. Housekeeping will try again.", upload, ["error": "\(error)"])
    }

    private func log(
        _ level: Logger.Level, _ message: Logger.Message, _ upload: RowUpload,
        _ more: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard logger.logLevel <= level else { return }
        var metadata = more()
        metadata["video"] = "\(upload.row.id)"
        metadata["attempt"] = "\(upload.attempt)"
        metadata["bytes"] = "\(upload.byteSize)"
        metadata["replacement"] = "\(upload.isReplacement)"
        logger.log(level: level, message, metadata: metadata)
    }
}

/// The playlists that apps send.
extension DeliveryTelemetry {
    func playlistEnded(_ key: ObjectKey, of video: Video.ID, _ error: (any Error)?) {
        let outcome = error.map(Self.outcome) ?? "success"
        meters?.increment("video_playback_playlists_total", [("outcome", outcome)])
        guard let error, !(error is CancellationError) else { return }
        var metadata: Logger.Metadata = ["video": "\(video)", "key": "\(key)", "outcome": "\(outcome)"]
        if let error = error as? PlaylistError {
            metadata["line"] = error.line.map { "\($0)" }
            metadata["tag"] = error.tag.map { "\($0)" }
        }
        logger.warning("A playlist can't be sent", metadata: metadata)
    }
}

/// The metrics of a component, each created when it is first needed.
private final class Meters: Sendable {
    private struct State {
        var counters: [String: Counter] = [:]
        var timers: [String: Metrics.Timer] = [:]
    }

    private let factory: any MetricsFactory
    private let state = Mutex(State())

    init(_ factory: any MetricsFactory) { self.factory = factory }

    func increment(_ label: String, _ dimensions: [(String, String)] = [], by amount: Int64 = 1) {
        let name = Self.name(label, dimensions)
        let counter = state.withLock { state in
            let counter = state.counters[name] ?? Counter(label: label, dimensions: dimensions, factory: factory)
            state.counters[name] = counter
            return counter
        }
        counter.increment(by: amount)
    }

    func record(_ duration: Duration, _ label: String, _ dimensions: [(String, String)]) {
        let name = Self.name(label, dimensions)
        let timer = state.withLock { state in
            let timer = state.timers[name] ?? Metrics.Timer(label: label, dimensions: dimensions, factory: factory)
            state.timers[name] = timer
            return timer
        }
        timer.record(duration: duration)
    }

    private static func name(_ label: String, _ dimensions: [(String, String)]) -> String {
        dimensions.reduce(label) { "\($0) \($1.1)" }
    }
}
#endif
