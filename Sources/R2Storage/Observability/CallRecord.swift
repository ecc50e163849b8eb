#if Storage
internal import Logging
internal import R2Kit
internal import Tracing

/// Writes what becomes of one call to the log, the metrics and the span.
///
/// What is written are names, numbers and ids: no header, no URL, no body, so that no secret and no signature can be
/// among it.
struct CallRecord: Sendable {
    private let telemetry: Telemetry
    private let operation: String
    private let logger: Logger
    private let span: (any Span)?
    private let surroundings: Surroundings
    private let began: Duration

    init<Operation: R2Operation>(_ client: R2Client, _ operation: Operation, _ span: (any Span)?) {
        telemetry = client.core.telemetry
        self.operation = Operation.name
        self.span = span
        surroundings = client.core.surroundings
        began = surroundings.elapsed()
        var logger = client.logger
        logger[metadataKey: "operation"] = "\(Operation.name)"
        logger[metadataKey: "bucket"] = "\(telemetry.bucket)"
        if let key = operation.subject { logger[metadataKey: "key"] = "\(key)" }
        self.logger = logger
    }

    private var duration: Duration { surroundings.elapsed() - began }

    func begins(_ tries: Tries) { logger.trace("R2 request begins", metadata: ["attempt": "\(tries.count)"]) }

    func ended(_ answer: Answer?, _ activity: Activity, _ tries: Tries) {
        telemetry.sent(activity.sentBytes, by: operation)
        telemetry.received(Int(activity.receivedBytes), by: operation)
        if let answer {
            span?.attributes["http.response.status_code"] = answer.status
            span?.attributes["aws.request_id"] = answer.header("x-amz-request-id")
            span?.attributes["cloudflare.ray_id"] = answer.header("cf-ray")
        }
        logger.debug("R2 request ended", metadata: metadata(answer, tries))
    }

    func succeeded(_ tries: Tries) { ended("success", tries) }

    func recovered(_ error: R2Error, _ tries: Tries) {
        logger.info(
            "an earlier try of the R2 request had succeeded, and its answer was lost",
            metadata: ["attempt": "\(tries.count)", "code": "\(error.code)"])
    }

    func failed(_ error: any Error, _ tries: Tries) {
        switch error {
        case let error as R2Error:
            span?.attributes["error.type"] = error.code.rawValue
            ended(error.code.rawValue, tries)
        case is CancellationError: ended("cancelled", tries)
        default: ended("failure", tries)
        }
    }

    func retries(after error: R2Error, _ delay: Duration, _ tries: Tries) {
        telemetry.retried(operation)
        logger.debug(
            "R2 request is sent again",
            metadata: ["attempt": "\(tries.count)", "code": "\(error.code)", "pause": "\(delay)"])
    }

    func correctsClock(by seconds: Double) {
        telemetry.retried(operation)
        logger.warning(
            "R2 refused a request because of its time: set this machine's clock; the difference is made up for from now on",
            metadata: ["seconds": "\(Int(seconds))"])
    }

    private func ended(_ outcome: String, _ tries: Tries) {
        if tries.count > 1 { span?.attributes["http.request.resend_count"] = tries.count - 1 }
        telemetry.ended(operation, outcome, after: duration)
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
