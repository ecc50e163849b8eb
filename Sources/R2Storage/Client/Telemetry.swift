#if Storage
internal import Logging
internal import Metrics
internal import R2Kit
internal import Synchronization
internal import Tracing

/// The metrics and spans of a client.
///
/// | metric | counts | dimensions |
/// | --- | --- | --- |
/// | `r2_client_requests_total` | finished calls | `operation`, `outcome` (`success`, an error's code, `cancelled`) |
/// | `r2_client_retries_total` | attempts after the first | `operation` |
/// | `r2_client_sent_bytes_total` | bytes of bodies passed to the connection | `operation` |
/// | `r2_client_received_bytes_total` | bytes of bodies that arrived | `operation` |
/// | `r2_client_duration_seconds` | durations of calls with all their attempts | `operation` |
final class Telemetry: Sendable {
    fileprivate let bucket: String
    /// `nil` if nothing collects metrics.
    private let factory: (any MetricsFactory)?
    private let tracer: (any Tracer)?
    private let meters = Mutex<[String: OperationMeters]>([:])

    init(_ configuration: R2ClientConfiguration, _ config: R2Config) {
        bucket = "\(config.bucket)"
        let factory = configuration.metricsFactory ?? MetricsSystem.factory
        self.factory = factory is NOOPMetricsHandler ? nil : factory
        let tracer = configuration.tracer ?? InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    /// Runs a call within a span, if spans are recorded.
    func withSpan<Operation: R2Operation, Result: Sendable>(
        of operation: Operation, _ body: ((any Span)?) async throws -> Result
    ) async throws -> Result {
        guard let tracer else { return try await body(nil) }
        return try await tracer.withSpan("S3.\(Operation.name)", ofKind: .client) { span in
            span.attributes["rpc.system"] = "aws-api"
            span.attributes["rpc.service"] = "S3"
            span.attributes["rpc.method"] = Operation.name
            span.attributes["aws.s3.bucket"] = bucket
            if let key = operation.subject { span.attributes["aws.s3.key"] = key.rawValue }
            return try await body(span)
        }
    }

    /// Counts a retry that is decided outside a call.
    func countRetry(of operation: String) { meters(of: operation)?.countRetry() }

    /// Returns a closure that counts received bytes, or `nil` if nothing collects metrics.
    func receivedBytesCounter(of operation: String) -> (@Sendable (Int) -> Void)? {
        guard let meters = meters(of: operation) else { return nil }
        return { meters.count(received: Int64($0)) }
    }

    /// The metrics of an operation, or `nil` if nothing collects metrics.
    fileprivate func meters(of operation: String) -> OperationMeters? {
        guard let factory else { return nil }
        return meters.withLock { meters in
            if let existing = meters[operation] { return existing }
            let created = OperationMeters(operation, factory)
            meters[operation] = created
            return created
        }
    }
}

/// The metrics of one operation, each created when it is first needed.
private final class OperationMeters: Sendable {
    private struct State {
        var counters: [String: Counter] = [:]
        var outcomes: [String: Counter] = [:]
        var timer: Metrics.Timer?
    }

    private let operation: String
    private let factory: any MetricsFactory
    private let state = Mutex(State())

    init(_ operation: String, _ factory: any MetricsFactory) {
        self.operation = operation
        self.factory = factory
    }

    /// The number of outcomes that are counted apart.
    ///
    /// The server chooses the codes of errors.
    private static let maximumOutcomes = 100
    private static let ownOutcomes: Set<String> = ["success", "cancelled", "failure"]

    func countCall(outcome: String, duration: Duration) {
        let (counter, timer) = state.withLock { state in
            let isKnown =
                Self.ownOutcomes.contains(outcome) || state.outcomes[outcome] != nil
                || state.outcomes.count < Self.maximumOutcomes
            let outcome = isKnown ? outcome : "other"
            let dimensions = [("operation", operation)]
            let counter =
                state.outcomes[outcome]
                ?? Counter(
                    label: "r2_client_requests_total", dimensions: dimensions + [("outcome", outcome)], factory: factory
                )
            state.outcomes[outcome] = counter
            let timer =
                state.timer
                ?? Metrics.Timer(label: "r2_client_duration_seconds", dimensions: dimensions, factory: factory)
            state.timer = timer
            return (counter, timer)
        }
        counter.increment()
        timer.record(duration: duration)
    }

    func countRetry() { increment("r2_client_retries_total", by: 1) }

    func count(sent bytes: Int64) { if bytes > 0 { increment("r2_client_sent_bytes_total", by: bytes) } }

    func count(received bytes: Int64) { if bytes > 0 { increment("r2_client_received_bytes_total", by: bytes) } }

    private func increment(_ label: String, by amount: Int64) {
        let counter = state.withLock { state in
            let counter =
                state.counters[label]
                ?? Counter(label: label, dimensions: [("operation", operation)], factory: factory)
            state.counters[label] = counter
            return counter
        }
        counter.increment(by: amount)
    }
}

/// The log messages, metrics and span attributes of one call.
///
/// They contain names, numbers and IDs. No header, URL or body is ever written, so no secret and no signature can be
/// among them.
struct CallTelemetry: Sendable {
    private let meters: OperationMeters?
    private let operation: String
    private let bucket: String
    private let key: ObjectKey?
    private let logger: Logger
    private let span: (any Span)?
    private let environment: ClientEnvironment
    private let start: Duration

    init<Operation: R2Operation>(_ client: R2Client, _ operation: Operation, _ span: (any Span)?) {
        meters = client.core.telemetry.meters(of: Operation.name)
        self.operation = Operation.name
        bucket = client.core.telemetry.bucket
        key = operation.subject
        logger = client.logger
        self.span = span
        environment = client.core.environment
        start = environment.elapsed()
    }

    private var duration: Duration { environment.elapsed() - start }

    func attemptStarted(_ attempt: Int) { log(.trace, "R2 request started", ["attempt": "\(attempt)"]) }

    func attemptEnded(_ attempt: Int, _ response: StreamedResponse?, _ activity: AttemptActivity) {
        meters?.count(sent: activity.sentBytes)
        meters?.count(received: activity.receivedBytes)
        if let response, let span {
            span.attributes["http.response.status_code"] = response.status
            span.attributes["aws.request_id"] = response.requestID
            span.attributes["cloudflare.ray_id"] = response.cfRay
        }
        log(.debug, "R2 request ended", metadata(attempt, response))
    }

    func willRetry(_ attempt: Int, after error: R2Error, delay: Duration) {
        meters?.countRetry()
        log(
            .debug, "Retrying R2 request",
            ["attempt": "\(attempt)", "code": "\(error.code)", "delay": "\(delay)"])
    }

    func willRequestStoredForm() {
        meters?.countRetry()
        log(.debug, "Requesting the object in its stored form, because the response has no length", [:])
    }

    func correctedClock(by seconds: Double) {
        meters?.countRetry()
        log(
            .warning,
            "R2 rejected a request because of its time: set the clock of this machine. The client now uses R2's time.",
            ["seconds": "\(Int(seconds))"])
    }

    func mayHaveLeftEmptyUpload(_ attempt: Int) {
        log(
            .info,
            "The response of R2 was lost: an empty multipart upload may remain until a lifecycle rule aborts it",
            ["attempt": "\(attempt)"])
    }

    func callRecovered(_ attempt: Int, from error: R2Error) {
        log(
            .info, "An earlier attempt of the R2 request succeeded, but its response was lost",
            ["attempt": "\(attempt)", "code": "\(error.code)"])
    }

    func callSucceeded(attempts: Int) { callEnded("success", attempts: attempts) }

    func callFailed(_ error: any Error, attempts: Int) {
        switch error {
        case let error as R2Error:
            span?.attributes["error.type"] = error.code.rawValue
            callEnded(error.code.rawValue, attempts: attempts)
        case let error as ObjectBodyError: callFailed(error.underlyingError, attempts: attempts)
        case is CancellationError: callEnded("cancelled", attempts: attempts)
        default: callEnded("failure", attempts: attempts)
        }
    }

    private func callEnded(_ outcome: String, attempts: Int) {
        if attempts > 1 { span?.attributes["http.request.resend_count"] = attempts - 1 }
        meters?.countCall(outcome: outcome, duration: duration)
    }

    /// Logs a message.
    ///
    /// The metadata is created only if the logger accepts the level.
    private func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
        guard logger.logLevel <= level else { return }
        var all = metadata()
        all["operation"] = "\(operation)"
        all["bucket"] = "\(bucket)"
        if let key { all["key"] = "\(key)" }
        logger.log(level: level, message, metadata: all)
    }

    private func metadata(_ attempt: Int, _ response: StreamedResponse?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["attempt": "\(attempt)", "duration": "\(duration)"]
        if let response {
            metadata["status"] = "\(response.status)"
            metadata["request-id"] = response.requestID.map { "\($0)" }
            metadata["cf-ray"] = response.cfRay.map { "\($0)" }
        }
        return metadata
    }
}
#endif
