#if Storage
import Logging
import R2Kit
import R2Storage
import Synchronization

/// Counts the creations of uploads that a client gave up waiting for, as it writes to its log.
///
/// The proxy cannot know of them: on a busy machine a client may stop waiting for an answer that is already on its way.
struct UnheardCreations: LogHandler {
    private final class Counts: Sendable {
        let byKey = Mutex<[String: Int]>([:])
    }

    private let counts = Counts()
    var logLevel = Logger.Level.debug
    var metadata: Logger.Metadata = [:]

    /// How many of an object's were given up, and then sent again.
    subscript(key: ObjectKey) -> Int { counts.byKey.withLock { $0[key.rawValue] ?? 0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard let metadata = event.metadata, event.message == "R2 request is sent again",
            metadata["operation"] == "\(CreateMultipartUpload.name)", metadata["code"] == "\(R2Error.Code.timedOut)",
            let key = metadata["key"]
        else { return }
        counts.byKey.withLock { $0["\(key)", default: 0] += 1 }
    }
}
#endif
