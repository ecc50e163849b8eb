#if Storage
import Synchronization

/// Bytes that a stub stores.
final class Stored: Sendable {
    private let state = Mutex<[UInt8]>([])
    var bytes: [UInt8] {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
#endif
