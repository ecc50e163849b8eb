#if Storage
internal import Metrics
internal import R2Kit
internal import Synchronization
internal import Tracing

/// The metrics and spans of a client.
///
/// | metric | what it counts | dimensions |
/// | --- | --- | --- |
/// | `r2_client_requests_total` | calls that have ended | `operation`, `outcome` (`success`, an error's code, `cancelled`) |
/// | `r2_client_retries_total` | tries after the first | `operation` |
/// | `r2_client_sent_bytes_total` | bytes of bodies handed to the connection | `operation` |
/// | `r2_client_received_bytes_total` | bytes of bodies that have arrived | `operation` |
/// | `r2_client_duration_seconds` | how long calls take with all their tries | `operation` |
final class Telemetry: Sendable {
    let bucket: String
    /// `nil` if nobody reads the metrics.
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

    /// The metrics of an operation; `nil` if nobody reads them.
    func meters(of operation: String) -> OperationMeters? {
        guard let factory else { return nil }
        return meters.withLock { meters in
            if let found = meters[operation] { return found }
            let made = OperationMeters(operation, factory)
            meters[operation] = made
            return made
        }
    }

    /// Runs a call within a span, if spans are recorded.
    func span<Operation: R2Operation, Result: Sendable>(
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
}

/// The metrics of one operation, each made when it is first needed.
final class OperationMeters: Sendable {
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

    func ended(_ outcome: String, after duration: Duration) {
        let (counter, timer) = state.withLock { state in
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

    func retried() { count("r2_client_retries_total", 1) }

    func sent(_ bytes: Int64) { if bytes > 0 { count("r2_client_sent_bytes_total", bytes) } }

    func received(_ bytes: Int64) { if bytes > 0 { count("r2_client_received_bytes_total", bytes) } }

    private func count(_ label: String, _ amount: Int64) {
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
#endif
