#if Storage
import Logging
import R2Kit
import R2Storage
import Synchronization

/// A log handler that counts the upload creations that a client stopped waiting for.
///
/// The proxy can't count them: a busy client may stop waiting for a response that is already in transit.
struct TimedOutCreations: LogHandler {
    private final class Counts: Sendable {
        let byKey = Mutex<[String: Int]>([:])
    }

    private let counts = Counts()
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    /// Returns the number of an object's creations that timed out and were retried.
    subscript(key: ObjectKey) -> Int { counts.byKey.withLock { $0[key.rawValue] ?? 0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let metadata = event.metadata, event.message == "Retrying R2 request",
            metadata["operation"] == "\(CreateMultipartUpload.name)", metadata["code"] == "\(R2Error.Code.timedOut)",
            let key = metadata["key"]
        else { return }
        counts.byKey.withLock { $0["\(key)", default: 0] += 1 }
    }
}
#endif
