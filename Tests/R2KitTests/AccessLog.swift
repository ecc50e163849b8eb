#if Configuration
import Configuration
import Synchronization

/// Collects swift-configuration's access events.
final class Log: AccessReporter {
    private let lines: Mutex<[String]> = Mutex([])

    func report(_ event: AccessEvent) { lines.withLock { $0.append("\(event)") } }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
#endif
