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

/// Everything that a client, and what uses it, logs, counts and traces.
struct RecordedTelemetry {
    let handler = InMemoryLogHandler()
    let metrics = TestMetrics()
    let tracer = InMemoryTracer()

    /// Returns a client that writes all of it, at every level.
    func client(_ config: R2Config) -> R2Client {
        let handler = handler
        var logger = Logger(label: "test") { _ in handler }
        logger.logLevel = .trace
        return R2Client(
            config, logger: logger,
            configuration: R2ClientConfiguration(
                retry: .none, stallTimeout: .onBusyMachine, connectionTimeout: .onBusyMachine, metricsFactory: metrics,
                tracer: tracer))
    }

    /// The secret of the client, which nothing may contain.
    static let secret = "secret-that-nothing-may-contain"

    /// Options of an emulator that knows the secret.
    static var emulator: R2Emulator.Options {
        var options = R2Emulator.Options()
        options.keys = [
            R2Emulator.Key(accessKeyID: "0123456789abcdef0123456789abcdef", secretAccessKey: secret)
        ]
        return options
    }

    /// All log messages, metrics and spans as text.
    var text: String {
        let logs = handler.entries.map { "\($0.level) \($0.message) \($0.metadata)" }
        let spans = tracer.finishedSpans.map { span in
            var attributes = ""
            span.attributes.forEach { attributes += " \($0)=\($1)" }
            return "\(span.operationName)\(attributes) \(span.errors.map { "\($0.error)" })"
        }
        let counters = metrics.counters.map { "\($0.label) \($0.dimensions)" }
        return (logs + spans + counters).joined(separator: "\n")
    }

    /// The messages of a level, each once, in order.
    func messages(_ level: Logger.Level) -> [String] {
        var seen: Set<String> = []
        return handler.entries.filter { $0.level == level }.map { "\($0.message)" }.filter { seen.insert($0).inserted }
    }

    func calls(_ prefix: String, _ operation: String, _ outcome: String) throws -> Int64 {
        try metrics.expectCounter("\(prefix)_calls_total", [("operation", operation), ("outcome", outcome)]).totalValue
    }

    func durations(_ prefix: String, _ operation: String) throws -> Int {
        try metrics.expectTimer("\(prefix)_duration_seconds", [("operation", operation)]).values.count
    }
}
#endif
