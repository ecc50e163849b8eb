#if Emulator && Delivery && SQLite
import HTTPTypes
import Metrics
import Synchronization

/// The metrics of requests: their number and their duration.
///
/// Each is created when it's first needed and then kept, because creating one takes longer than answering a request.
final class RequestMetrics: Sendable {
    private struct Labels: Hashable {
        let area: String
        let method: String
        let status: Int
    }

    private struct Handlers {
        let counter: Counter
        let timer: Metrics.Timer
    }

    private let handlers = Mutex<[Labels: Handlers]>([:])

    /// Counts a request.
    ///
    /// Anyone can choose paths and methods, so pass a known area, and other methods are counted as `other`.
    func record(_ method: HTTPRequest.Method, area: String, status: Int, _ duration: Duration) {
        let known: [HTTPRequest.Method] = [.get, .head, .post, .patch, .delete]
        let labels = Labels(area: area, method: known.contains(method) ? method.rawValue : "other", status: status)
        let handlers = handlers.withLock { handlers in
            if let found = handlers[labels] { return found }
            let new = Self.makeHandlers(labels)
            handlers[labels] = new
            return new
        }
        handlers.counter.increment()
        let (seconds, attoseconds) = duration.components
        handlers.timer.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    private static func makeHandlers(_ labels: Labels) -> Handlers {
        let dimensions = [("area", labels.area), ("method", labels.method)]
        return Handlers(
            counter: Counter(
                label: "http_requests_total", dimensions: dimensions + [("status", String(labels.status))]),
            timer: Metrics.Timer(label: "http_request_duration_seconds", dimensions: dimensions))
    }
}
#endif
