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
    private struct Name: Hashable {
        let label: String
        let operation: String
        let outcome: String?
    }

    let bucket: String
    private let factory: any MetricsFactory
    private let tracer: (any Tracer)?
    private let counters = Mutex<[Name: Counter]>([:])
    private let timers = Mutex<[String: Metrics.Timer]>([:])

    init(_ configuration: R2ClientConfiguration, _ config: R2Config) {
        bucket = "\(config.bucket)"
        factory = configuration.metricsFactory ?? MetricsSystem.factory
        let tracer = configuration.tracer ?? InstrumentationSystem.tracer
        self.tracer = tracer is NoOpTracer ? nil : tracer
    }

    func ended(_ operation: String, _ outcome: String, after duration: Duration) {
        count("r2_client_requests_total", operation, outcome)
        let timer = timers.withLock { timers in
            if let timer = timers[operation] { return timer }
            let timer = Metrics.Timer(
                label: "r2_client_duration_seconds", dimensions: [("operation", operation)], factory: factory)
            timers[operation] = timer
            return timer
        }
        timer.record(duration: duration)
    }

    func retried(_ operation: String) { count("r2_client_retries_total", operation) }

    func sent(_ bytes: Int64, by operation: String) {
        if bytes > 0 { count("r2_client_sent_bytes_total", operation, by: bytes) }
    }

    func received(_ bytes: Int, by operation: String) {
        if bytes > 0 { count("r2_client_received_bytes_total", operation, by: Int64(bytes)) }
    }

    private func count(_ label: String, _ operation: String, _ outcome: String? = nil, by amount: Int64 = 1) {
        let name = Name(label: label, operation: operation, outcome: outcome)
        let counter = counters.withLock { counters in
            if let counter = counters[name] { return counter }
            var dimensions = [("operation", operation)]
            if let outcome { dimensions.append(("outcome", outcome)) }
            let counter = Counter(label: label, dimensions: dimensions, factory: factory)
            counters[name] = counter
            return counter
        }
        counter.increment(by: amount)
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
#endif
