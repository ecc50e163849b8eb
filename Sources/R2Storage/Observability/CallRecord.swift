#if Storage
internal import Logging
internal import R2Kit
internal import Tracing

/// Writes what becomes of one call to the log, the metrics and the span.
///
/// What is written are names, numbers and ids: no header, no URL, no body, so that no secret and no signature can be
/// among it.
struct CallRecord: Sendable {
    private let meters: OperationMeters?
    private let operation: String
    private let bucket: String
    private let key: ObjectKey?
    private let logger: Logger
    private let span: (any Span)?
    private let surroundings: Surroundings
    private let began: Duration

    init<Operation: R2Operation>(_ client: R2Client, _ operation: Operation, _ span: (any Span)?) {
        meters = client.core.telemetry.meters(of: Operation.name)
        self.operation = Operation.name
        bucket = client.core.telemetry.bucket
        key = operation.subject
        logger = client.logger
        self.span = span
        surroundings = client.core.surroundings
        began = surroundings.elapsed()
    }

    private var duration: Duration { surroundings.elapsed() - began }

    func begins(_ tries: Tries) { log(.trace, "R2 request begins", ["attempt": "\(tries.count)"]) }

    func ended(_ answer: Answer?, _ activity: Activity, _ tries: Tries) {
        meters?.sent(activity.sentBytes)
        meters?.received(activity.receivedBytes)
        if let answer, let span {
            span.attributes["http.response.status_code"] = answer.status
            span.attributes["aws.request_id"] = answer.header("x-amz-request-id")
            span.attributes["cloudflare.ray_id"] = answer.header("cf-ray")
        }
        log(.debug, "R2 request ended", metadata(answer, tries))
    }

    func succeeded(_ tries: Tries) { ended("success", tries) }

    func recovered(_ error: R2Error, _ tries: Tries) {
        log(
            .info, "an earlier try of the R2 request had succeeded, and its answer was lost",
            ["attempt": "\(tries.count)", "code": "\(error.code)"])
    }

    func failed(_ error: any Error, _ tries: Tries) {
        switch error {
        case let error as R2Error:
            span?.attributes["error.type"] = error.code.rawValue
            ended(error.code.rawValue, tries)
        case let fault as ContentFault: failed(fault.error, tries)
        case is CancellationError: ended("cancelled", tries)
        default: ended("failure", tries)
        }
    }

    func retries(after error: R2Error, _ delay: Duration, _ tries: Tries) {
        meters?.retried()
        log(
            .debug, "R2 request is sent again",
            ["attempt": "\(tries.count)", "code": "\(error.code)", "pause": "\(delay)"])
    }

    func mayLeaveOne(_ tries: Tries) {
        log(
            .info,
            "the R2 request may have been carried out unheard: an empty upload may be left until a lifecycle rule aborts it",
            ["attempt": "\(tries.count)"])
    }

    func correctsClock(by seconds: Double) {
        meters?.retried()
        log(
            .warning,
            "R2 refused a request because of its time: set this machine's clock; the difference is made up for from now on",
            ["seconds": "\(Int(seconds))"])
    }

    private func ended(_ outcome: String, _ tries: Tries) {
        if tries.count > 1 { span?.attributes["http.request.resend_count"] = tries.count - 1 }
        meters?.ended(outcome, after: duration)
    }

    /// What is written is made only if somebody reads it.
    private func log(_ level: Logger.Level, _ message: Logger.Message, _ metadata: @autoclosure () -> Logger.Metadata) {
        guard logger.logLevel <= level else { return }
        var all = metadata()
        all["operation"] = "\(operation)"
        all["bucket"] = "\(bucket)"
        if let key { all["key"] = "\(key)" }
        logger.log(level: level, message, metadata: all)
    }

    private func metadata(_ answer: Answer?, _ tries: Tries) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["attempt": "\(tries.count)", "duration": "\(duration)"]
        if let answer {
            metadata["status"] = "\(answer.status)"
            metadata["request-id"] = answer.header("x-amz-request-id").map { "\($0)" }
            metadata["cf-ray"] = answer.header("cf-ray").map { "\($0)" }
        }
        return metadata
    }
}
#endif
