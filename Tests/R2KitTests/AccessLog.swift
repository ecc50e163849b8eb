#if Configuration
import Configuration
import Synchronization

/// Keeps what swift-configuration reports of every access.
final class Log: AccessReporter {
    private let lines: Mutex<[String]> = Mutex([])

    func report(_ event: AccessEvent) { lines.withLock { $0.append("\(event)") } }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
#endif
