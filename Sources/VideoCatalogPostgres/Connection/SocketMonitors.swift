#if Postgres
import Synchronization

/// The threads that wait for all connections' sockets, among which these are dealt out.
///
/// As an executor it has a task go on where the answer that it waited for was read.
final class SocketMonitors: TaskExecutor {
    static let shared = SocketMonitors()

    /// How many there are.
    ///
    /// One alone becomes the limit of many connections, while processors are idle; of more, each does less at a time, and
    /// more of the work is going to sleep and waking up.
    private static let count = 4

    /// Each has a thread once it is needed.
    private let monitors: [SocketMonitor]
    /// How many connections each has.
    private let counts: Mutex<[Int]>
    private let next = Atomic<UInt>(0)

    private init() {
        monitors = (0..<Self.count).map { _ in SocketMonitor() }
        counts = Mutex(monitors.map { _ in 0 })
    }

    /// The monitor whose thread this is.
    var current: SocketMonitor? {
        let thread = SocketMonitor.currentThread
        return monitors.first { $0.isThread(thread) }
    }

    /// Gives a connection the monitor that has the fewest.
    func join() -> SocketMonitor {
        let place = counts.withLock { counts in
            let place = counts.indices.min { counts[$0] < counts[$1] } ?? 0
            counts[place] += 1
            return place
        }
        return monitors[place]
    }

    /// Takes back what ``join()`` gave.
    func leave(_ monitor: SocketMonitor) {
        guard let place = monitors.firstIndex(where: { $0 === monitor }) else { return }
        counts.withLock { $0[place] -= 1 }
    }

    /// Has a task's next piece run on the thread that it is on, or else on any of them.
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
