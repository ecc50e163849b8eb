#if Postgres
internal import Synchronization

/// The threads that wait for the sockets of all connections.
///
/// As an executor, it continues a task on the thread that read its response.
final class SocketMonitors: TaskExecutor {
    static let shared = SocketMonitors()

    /// The number of threads.
    ///
    /// A single one would limit many connections while processors are idle. With more, each has less to do at a time,
    /// and spends more of its time falling asleep and waking up.
    private static let count = 4

    /// The monitors, which start their threads when they are needed.
    private let monitors: [SocketMonitor]
    /// The number of connections of each monitor.
    private let counts: Mutex<[Int]>
    private let next = Atomic<UInt>(0)

    private init() {
        monitors = (0..<Self.count).map { _ in SocketMonitor() }
        counts = Mutex(monitors.map { _ in 0 })
    }

    /// The monitor of the current thread, or `nil` if the thread isn't a monitor's.
    var current: SocketMonitor? {
        let thread = SocketMonitor.currentThread
        return monitors.first { $0.isThread(thread) }
    }

    /// Assigns a connection to the monitor with the fewest connections.
    func assignMonitor() -> SocketMonitor {
        let index = counts.withLock { counts in
            let index = counts.indices.min { counts[$0] < counts[$1] } ?? 0
            counts[index] += 1
            return index
        }
        return monitors[index]
    }

    /// Ends an assignment by ``assignMonitor()``.
    func releaseMonitor(_ monitor: SocketMonitor) {
        guard let index = monitors.firstIndex(where: { $0 === monitor }) else { return }
        counts.withLock { $0[index] -= 1 }
    }

    /// Runs a job on the current thread if it is a monitor's, or else on any monitor's.
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if let current {
            current.append(job)
        } else {
            let count = next.add(1, ordering: .relaxed).oldValue
            monitors[Int(count % UInt(monitors.count))].enqueue(job)
        }
    }
}
#endif
